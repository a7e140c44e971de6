package messages

import "time"

// ExportMenu lists what can be exported.
type ExportMenu struct{ Unit string }

// ExportFile goes with a document or a picture; What is period, log, matrix, raw,
// roster, strip or chart. None: there is nothing to make it from.
type ExportFile struct {
	What, Unit, Title string
	From, To          time.Time
	None              bool
}

func exportTexts() []any {
	at := time.Date(2027, 2, 5, 9, 0, 0, 0, time.UTC)
	out := []any{ExportMenu{"UBND phường"}, ExportFile{What: "matrix", Unit: "UBND phường", Title: "Bảo đảm an toàn thông tin mạng", From: at, To: at}, ExportFile{What: "chart", Unit: "UBND phường", From: at, To: at, None: true}}
	for _, what := range []string{"period", "log", "raw", "roster", "strip", "chart"} {
		out = append(out, ExportFile{What: what, Unit: "UBND phường", From: at, To: at.AddDate(0, 0, 7)})
	}
	return out
}
