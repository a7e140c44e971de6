package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"trucban/internal/web"
)

// board opens the trial's board beside its page, on the next port where that is free.
func (d *demo) board(ctx context.Context, page net.Listener) (*http.Server, net.Listener, error) {
	host, port, err := net.SplitHostPort(page.Addr().String())
	if err != nil {
		return nil, nil, fmt.Errorf("the page's address: %w", err)
	}
	n, _ := strconv.Atoi(port) // a listener's port is a number
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(n+1)))
	if err != nil {
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, "0")); err != nil {
			return nil, nil, fmt.Errorf("listen for the board: %w", err)
		}
	}
	d.app.parts.BoardLink = nil
	o := web.Options{Ready: d.app.ready, Stats: figures{d.app}}
	pages, err := d.app.boardPages(ctx, boardAt{base: "http://" + l.Addr().String()}, o)
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	return &http.Server{Handler: pages, ReadHeaderTimeout: headTime, BaseContext: func(net.Listener) context.Context { return ctx }}, l, nil
}
