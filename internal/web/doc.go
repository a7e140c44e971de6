// Package web is the bot's door for browsers and for machines that watch it: the
// duty room's board, health, metrics and the place where platforms deliver webhooks.
//
// It promises that the board is read-only and shows a person what Board gives for
// that person and nothing else; that it opens by a signed link which works once
// and for minutes, or by a Mini App's signed data, and then by a signed cookie;
// that whatever people typed is escaped; and that nothing secret is in an answer.
//
// Its limits: a cookie cannot be taken back before it ends, but Board is asked at
// every view, so that a person who lost their right sees nothing more. Behind
// plain HTTP anybody on the way can read along: put it behind HTTPS.
package web
