package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sort"
	"strings"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Picture is a PNG for a telephone, and the same in words for where a picture cannot go.
type Picture struct {
	PNG    []byte
	Alt    string
	Width  int // pixels
	Height int
}

const (
	pictureWidth = 1080
	margin       = 28
	maxRows      = 60 // more would be too small to read; the rest is counted
)

// The colours of the pictures; a letter or sign in each cell says the same, for
// readers who cannot tell the colours apart.
var (
	ink    = color.RGBA{0x1b, 0x1f, 0x24, 0xff}
	faint  = color.RGBA{0x5f, 0x68, 0x72, 0xff}
	paper  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	band   = color.RGBA{0xf3, 0xf5, 0xf7, 0xff}
	rule   = color.RGBA{0xd0, 0xd7, 0xde, 0xff}
	green  = color.RGBA{0x2e, 0x7d, 0x32, 0xff}
	amber  = color.RGBA{0xb2, 0x6a, 0x00, 0xff}
	red    = color.RGBA{0xc6, 0x28, 0x28, 0xff}
	blue   = color.RGBA{0x15, 0x65, 0xc0, 0xff}
	grey   = color.RGBA{0x9a, 0xa3, 0xad, 0xff}
	purple = color.RGBA{0x6a, 0x1b, 0x9a, 0xff}
	pale   = color.RGBA{0xdd, 0xe2, 0xe7, 0xff}
	today  = color.RGBA{0xff, 0xf4, 0xd6, 0xff}
	rose   = color.RGBA{0xfd, 0xe7, 0xe7, 0xff}
)

// canvas is a picture being drawn; the origin is the upper left corner.
type canvas struct {
	img     *image.RGBA
	regular *opentype.Font
	heavy   *opentype.Font
	faces   map[style]font.Face
}

type style struct {
	size  int
	heavy bool
}

func newCanvas(height int) (*canvas, error) {
	regular, err := opentype.Parse(dejavusanscondensed.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	heavy, err := opentype.Parse(dejavusanscondensedbold.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the bold font: %w", err)
	}
	c := &canvas{regular: regular, heavy: heavy, faces: map[style]font.Face{}}
	c.resize(height)
	return c, nil
}

// resize begins a new sheet of that height.
func (c *canvas) resize(height int) {
	c.img = image.NewRGBA(image.Rect(0, 0, pictureWidth, height))
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
}

func (c *canvas) face(s style) font.Face {
	if f, ok := c.faces[s]; ok {
		return f
	}
	src := c.regular
	if s.heavy {
		src = c.heavy
	}
	f, err := opentype.NewFace(src, &opentype.FaceOptions{Size: float64(s.size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err) // only nil options or a size of zero do this
	}
	c.faces[s] = f
	return f
}

func (c *canvas) width(s string, st style) int {
	return font.MeasureString(c.face(st), norm.NFC.String(s)).Ceil()
}

// text writes one line with its upper edge at y.
func (c *canvas) text(x, y int, s string, st style, col color.Color) {
	f := c.face(st)
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(col), Face: f, Dot: fixed.P(x, y+f.Metrics().Ascent.Ceil())}
	d.DrawString(norm.NFC.String(s))
}

// middle writes one line in the middle of a box.
func (c *canvas) middle(r image.Rectangle, s string, st style, col color.Color) {
	f := c.face(st)
	h := (f.Metrics().Ascent + f.Metrics().Descent).Ceil()
	c.text(r.Min.X+(r.Dx()-c.width(s, st))/2, r.Min.Y+(r.Dy()-h)/2, s, st, col)
}

func (c *canvas) fill(r image.Rectangle, col color.Color) {
	draw.Draw(c.img, r, image.NewUniform(col), image.Point{}, draw.Src)
}

func (c *canvas) line(x0, y0, x1, y1 int) { c.fill(image.Rect(x0, y0, x1+1, y1+1), rule) }

// clip shortens a line to a width, with an ellipsis.
func (c *canvas) clip(s string, width int, st style) string {
	s = oneLine(s)
	if len(s) <= 4*width && c.width(s, st) <= width {
		return s
	}
	r := []rune(s)
	n := sort.Search(min(len(r), width), func(n int) bool { return c.width(string(r[:n+1])+"…", st) > width })
	return strings.TrimSpace(string(r[:n])) + "…"
}

// wrapLines is how many lines a text is broken into at most.
const wrapLines = 2

// wrap breaks a text into at most wrapLines lines of a width; the last is clipped.
func (c *canvas) wrap(s string, width int, st style) []string {
	var out []string
	line := ""
	words := strings.Fields(oneLine(s))
	for k, w := range words {
		next := strings.TrimSpace(line + " " + w)
		if line != "" && c.width(next, st) > width {
			if len(out) == wrapLines-1 {
				return append(out, c.clip(line+" "+strings.Join(words[k:], " "), width, st))
			}
			out = append(out, line)
			next = w
		}
		line = next
	}
	if line != "" {
		out = append(out, c.clip(line, width, st))
	}
	return out
}

// oneLine keeps what a font can show: no line breaks, control or direction characters.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r == 0xFFFD || 0x200B <= r && r <= 0x200F || 0x202A <= r && r <= 0x202E || r == 0xFEFF:
			return -1
		}
		return r
	}, s)
}

// picture encodes what was drawn.
func (c *canvas) picture(alt string) (Picture, error) {
	var buf bytes.Buffer
	var enc png.Encoder
	if err := enc.Encode(&buf, c.img); err != nil {
		return Picture{}, fmt.Errorf("encode the picture: %w", err)
	}
	b := c.img.Bounds()
	return Picture{PNG: buf.Bytes(), Alt: alt, Width: b.Dx(), Height: b.Dy()}, nil
}

// head writes title and subtitle and returns the height they take.
func (c *canvas) head(title, sub string) int {
	y := margin
	for _, l := range c.wrap(title, pictureWidth-2*margin, style{36, true}) {
		c.text(margin, y, l, style{36, true}, ink)
		y += 46
	}
	if sub != "" {
		c.text(margin, y, c.clip(sub, pictureWidth-2*margin, style{25, false}), style{25, false}, faint)
		y += 36
	}
	return y + 14
}

// key is one entry of a legend.
type key struct {
	sign, label string
	col         color.Color
}

// signColour is dark on a light ground and light on a dark one.
func (k key) signColour() color.Color {
	if k.col == pale {
		return ink
	}
	return paper
}

// legend writes the keys in rows from y and returns the y below them.
func (c *canvas) legend(y int, keys []key) int {
	x := margin
	for _, k := range keys {
		w := 40 + 10 + c.width(k.label, style{24, false}) + 28
		if x+w > pictureWidth-margin && x > margin {
			x, y = margin, y+46
		}
		box := image.Rect(x, y, x+40, y+36)
		c.fill(box, k.col)
		c.middle(box, k.sign, style{24, true}, k.signColour())
		c.text(x+50, y+4, k.label, style{24, false}, ink)
		x += w
	}
	return y + 50
}

// more says how many rows or columns did not fit, when some did not.
func (c *canvas) more(y, hidden int, what string) int {
	if hidden <= 0 {
		return y
	}
	c.text(margin, y+6, fmt.Sprintf("… và %d %s nữa", hidden, what), style{25, false}, faint)
	return y + 44
}

// drawn runs a painting twice: once to learn its height, once on a sheet of it.
func drawn(alt string, paint func(c *canvas) int) (Picture, error) {
	c, err := newCanvas(1)
	if err != nil {
		return Picture{}, err
	}
	c.resize(paint(c) + margin)
	paint(c)
	return c.picture(alt)
}
