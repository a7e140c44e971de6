package dispatch

// cutBefore are the words a title may end before, dangling the words it may not end with.
var (
	cutBefore = newLexicon(`và, của, cho, trong, tại, theo, để, với, trên, từ, đối với, nhằm, khi, đến, tới, về, do, qua, thuộc, có, bằng, như, hoặc, trước, sau, vào, ở, được, bị, kịp thời, thường xuyên, bảo đảm, đảm bảo, nếu, là, mà, theo đúng, gồm, đã, gửi, đang, phục vụ, không`)
	dangling  = newLexicon(`và, của, cho, trong, tại, theo, để, với, trên, từ, đối, đối với, nhằm, khi, đến, tới, về, do, qua, thuộc, có, bằng, như, hoặc, trước, sau, vào, ở, được, bị, các, những, mọi, mỗi, nếu, là, mà, số, ngày, việc, gồm, đã, đang, không, cần, phải, một, hai, chưa, rất, cùng, giữa, dưới, ngoài, bởi, tất, bảo đảm, đảm bảo, kịp thời, thường xuyên`)
)

// cutTitle cuts a long title: before a sign or a joining word when enough is left,
// else at the last whole word that does not dangle.
func (rd *reader) cutTitle(t txt) txt {
	ws := wordsOf(t, 20)
	best, whole := 0, 0
	for i := 1; i < len(ws); i++ {
		end := ws[i-1].to
		if end > maxTitle {
			break
		}
		if rd.dangles(t, ws, i-1) || rd.within(t, ws, i) {
			continue
		}
		whole = end
		if t.f[end] == ',' || cutBefore.match(t, ws, i, rd.accentless) > 0 {
			best = end
		}
	}
	switch {
	case best < 24 && whole > best && t.f[best] == ',' && rd.needsMore(t, ws, best, whole):
		return t.slice(0, whole)
	case best >= 16 || whole == 0 && best > 0:
		return t.slice(0, best)
	case whole > 0:
		return t.slice(0, whole)
	}
	return t.slice(0, min(maxTitle, t.len()))
}

// needsMore reports a cut at a comma that would leave verbs without an object
// ("Theo dõi, đôn đốc, tổng hợp ..."), or a list without the verb behind it
// ("Vận động hội viên, đoàn viên ký cam kết ...").
func (rd *reader) needsMore(t txt, ws []word, best, whole int) bool {
	bare, listed, later := true, false, false
	for i := 0; i < len(ws) && ws[i].to <= whole; {
		n := rd.verbAt(t, ws, i)
		switch {
		case ws[i].from < best:
			bare = bare && n > 0
		case !listed:
			listed = true
			if n > 0 {
				return bare
			}
		case n > 0:
			later = true
		}
		i += max(n, 1)
	}
	return bare || later
}

// dangles reports a word that leads on to another, unless it ends a compound ("thiết bị").
func (rd *reader) dangles(t txt, ws []word, i int) bool {
	if i > 0 && ws[i].from-ws[i-1].to == 1 && compounds.multi[t.f[ws[i-1].from:ws[i].to]] {
		return false
	}
	return dangling.match(t, ws, i, rd.accentless) > 0
}

// within reports a cut before word i that would break a compound or a name.
func (rd *reader) within(t txt, ws []word, i int) bool {
	if i >= 2 && dangling.multi[t.f[ws[i-2].from:ws[i-1].to]] {
		return true
	}
	if ws[i].from-ws[i-1].to != 1 {
		return false
	}
	pair := t.f[ws[i-1].from:ws[i].to]
	if compounds.multi[pair] || verbs.multi[pair] || fillers.multi[pair] {
		ended := i >= 2 && ws[i-1].from-ws[i-2].to == 1 && compounds.multi[t.f[ws[i-2].from:ws[i-1].to]]
		return !ended
	}
	return t.upperAt(ws[i-1].from) && t.upperAt(ws[i].from)
}
