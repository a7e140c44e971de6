// Package report makes what is printed, signed and forwarded: documents in the
// layout of Nghị định 30/2020/NĐ-CP as .docx, and pictures for a telephone.
//
// It promises that a document opens in Word and LibreOffice, that what is not
// known stays blank (a dotted line) and is never invented, that every document
// is a "DỰ THẢO" with its number left open until a person signs it, and that no
// text can break out of its place. The same input gives the same bytes.
//
// It draws from plain values; it looks nothing up. The law's own incident form
// has not been issued: the familiar one of 2017 is used and titled by regime.
package report
