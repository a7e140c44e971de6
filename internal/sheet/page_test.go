package sheet

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestPrintedAcross: what we write prints on A4 across, all columns on a page, with the heading in sight.
func TestPrintedAcross(t *testing.T) {
	data, err := WriteTable(Table{Title: "SỔ TRỰC", Heads: []string{"A", "B"}, Rows: [][]string{{"1", "2"}}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	l, err := f.GetPageLayout("Sheet1")
	if err != nil || l.Orientation == nil || *l.Orientation != "landscape" || l.Size == nil || *l.Size != 9 || l.FitToWidth == nil || *l.FitToWidth != 1 {
		t.Errorf("page layout %+v, %v", l, err)
	}
	p, err := f.GetSheetProps("Sheet1")
	if err != nil || p.FitToPage == nil || !*p.FitToPage {
		t.Errorf("sheet properties %+v, %v", p, err)
	}
	if panes, err := f.GetPanes("Sheet1"); err != nil || !panes.Freeze || panes.YSplit != 2 {
		t.Errorf("panes %+v, %v", panes, err)
	}
}
