package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"trucban/internal/chat/local"
)

type demoCmd struct {
	Listen string `default:"127.0.0.1:8080" help:"Address of the page."`
	Play   string `help:"Play a conversation script and print its transcript instead." type:"existingfile" placeholder:"FILE"`
}

// Run serves the trial page until ctx ends, or plays one script.
func (c demoCmd) Run(ctx context.Context, s streams) error {
	if c.Play != "" {
		return playScript(ctx, c.Play, s)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return usageError{fmt.Errorf("%s is in use by another program; choose another address with -listen, for example: trucban demo --listen 127.0.0.1:8081", c.Listen)}
		}
		return usageError{fmt.Errorf("cannot listen on %s (choose another address with --listen): %w", c.Listen, err)}
	}
	defer func() { _ = l.Close() }()
	d, err := newDemo(ctx, time.Now(), newLog(s.err, zerolog.WarnLevel))
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	_, _ = fmt.Fprintf(s.out, "Trực Ban, bản dùng thử: mở http://%s\nMọi thứ nằm trong bộ nhớ và mất khi thoát (Ctrl-C).\n", l.Addr())
	return d.serve(ctx, l)
}

// demo is the App with its sample ward, and the page around it.
type demo struct{ *stage }

// demoHistory is how much of the past the sample ward has lived through when the page opens.
const demoHistory = 3 * time.Hour

// newDemo builds the sample ward as of now: it begins three hours ago and lives
// through them in an instant, so that the page opens on a duty period under way.
func newDemo(ctx context.Context, now time.Time, log zerolog.Logger) (*demo, error) {
	setup, err := sampleTown(now)
	if err != nil {
		return nil, err
	}
	clock := local.NewClock(now.Add(-demoHistory), 0, time.Now)
	door := local.New(local.Options{Clock: clock})
	st, err := newStage(ctx, clock, door, &setup, log)
	if err != nil {
		return nil, err
	}
	d := &demo{st}
	if err := d.liveThrough(ctx, now); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// serve runs the App and the page until ctx ends.
func (d *demo) serve(ctx context.Context, l net.Listener) error {
	d.clock.SetSpeed(1)
	page := local.Page(d.door, d, local.PageOptions{
		Title:    "Trực Ban – dùng thử",
		Notice:   "Phường và mọi người đều là hư cấu. Dữ liệu chỉ nằm trong bộ nhớ, tắt chương trình là mất.",
		Commands: pageCommands(),
	})
	base, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{Handler: page, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return base }}
	boards, boardAddr, err := d.board(base, l)
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(l) }()
	go func() { failed <- boards.Serve(boardAddr) }()
	ended := make(chan error, 1)
	go func() { ended <- d.app.Run(base) }()
	select {
	case <-ctx.Done():
	case err = <-failed:
	case err = <-ended:
		ended <- nil
	}
	cancel()
	stop, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer done()
	for _, s := range []*http.Server{server, boards} {
		if e := s.Shutdown(stop); e != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if e := <-ended; e != nil {
		err = errors.Join(err, e)
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("trial page: %w", err)
	}
	return nil
}

// Now, Speed, SetSpeed and Changed are the page's clock.
func (d *demo) Now() time.Time           { return d.clock.Now() }
func (d *demo) Speed() float64           { return d.clock.Speed() }
func (d *demo) SetSpeed(s float64)       { d.clock.SetSpeed(s) }
func (d *demo) Changed() <-chan struct{} { return d.clock.Changed() }

func pageCommands() []local.PageCommand {
	return []local.PageCommand{
		{Name: "ondanh", Text: "Điểm danh: có mặt, tình hình ổn"}, {Name: "aitruc", Text: "Ai đang trực lúc này"},
		{Name: "lichtruc", Text: "Xem lịch trực"}, {Name: "catoi", Text: "Ca trực của tôi"},
		{Name: "nhiemvu", Text: "Danh mục nhiệm vụ theo văn bản"}, {Name: "xong", Text: "Báo xong một nhiệm vụ"},
		{Name: "suco", Text: "Báo sự cố"}, {Name: "capnhat", Text: "Cập nhật diễn biến một sự cố"},
		{Name: "baocao", Text: "Báo cáo tổng hợp cho lãnh đạo"}, {Name: "chitiet", Text: "Chi tiết theo đơn vị, người, nhiệm vụ, sự cố"},
		{Name: "bang", Text: "Mở bảng trực trên trình duyệt"}, {Name: "vanban", Text: "Nạp văn bản chỉ đạo thành nhiệm vụ"},
		{Name: "hotline", Text: "Đầu mối, đường dây nóng"}, {Name: "huy", Text: "Hủy thao tác đang làm"}, {Name: "trogiup", Text: "Xem hướng dẫn"},
	}
}

// playScript plays one conversation on the whole App and prints what was shown.
func playScript(ctx context.Context, path string, s streams) error {
	script, err := local.LoadScript(path)
	if err != nil {
		return usageError{err}
	}
	scene, err := script.Scene()
	if err != nil {
		return usageError{err}
	}
	st, err := scriptStage(ctx, scene, newLog(s.err, zerolog.WarnLevel))
	if err != nil {
		return usageError{err}
	}
	defer func() { _ = st.Close() }()
	if err := script.Play(ctx, st, scene.Platform, s.out); err != nil {
		return fmt.Errorf("the bot said something else than the script:\n%w", err)
	}
	return nil
}

func scriptStage(ctx context.Context, scene *local.Scene, log zerolog.Logger) (*stage, error) {
	if len(scene.Script.Org) == 0 {
		return newStage(ctx, scene.Clock, scene.Platform, nil, log)
	}
	setup, err := parseTown(scene.Script.Org)
	if err != nil {
		return nil, err
	}
	return newStage(ctx, scene.Clock, scene.Platform, &setup, log)
}
