// Package checklist is what becomes of a directive: its clauses as tasks, one run
// of them in each unit it addresses, and the answers that fill the matrix.
//
// It promises that nothing is issued which the desk did not confirm as it stands;
// that every task keeps the clause it came from; that a run which still waits for
// an answer by a deadline names the next moment it wants to be looked at, and a
// settled one names none; and that looking twice at the same moment does nothing
// the second time. Only units that are behind are reminded: first the unit, then
// its head, then the leaders.
//
// It decides with values. It sends nothing, stores nothing and has no clock; the
// texts are in messages, and the shifts that standing tasks follow are handed in.
// What people typed (notes, reasons, evidence) stays inside the run and never
// enters an audit event.
package checklist
