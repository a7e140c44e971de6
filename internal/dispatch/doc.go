// Package dispatch reads the text of an administrative document (công văn, công
// điện, thông báo, kế hoạch) and proposes a directive: who is addressed, what
// each of them has to do, until when, which documents are cited and whom to call.
//
// It promises:
//   - It is pure: the same text gives the same draft; it has no clock, no network and no language model.
//   - Nothing is mended in silence: every letter or number it changes is in Draft.Mended with its line.
//   - Titles, kinds, dues and evidence are proposals. Nothing here is an order until a person has confirmed it.
//   - A text whose letters are lost, or that bears a mark of secrecy, is refused.
//   - The work grows linearly with the text, and no input makes it panic.
//
// It reads structure by rules: lines are cleaned, joined to paragraphs, their
// markers (I., 1., a), -, +, "Một là") make an outline, and the outline's leaves are
// the tasks. At most 1200 paragraphs are taken for one dispatch, and of a single
// paragraph the first 6000 characters are searched for dates, numbers and contacts. Of tables those are read whose head names what is to be done
// and by whom or until when, also behind the signature; rosters, other tables, annexes and attachments are not.
// A deadline counted from an event ("trong 24 giờ kể từ khi") is no due: it stays in the task's words, with a warning.
// Times are wall times of Vietnam (UTC+7) and carry no zone.
package dispatch
