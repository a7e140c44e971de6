// Package chattest holds what the platforms are measured with: one contract suite
// for chat.Platform, and fake servers that speak a platform's wire.
//
// Run is the suite. It asks of a platform what package chat promises, as far as
// its Caps say, and nothing about how it is done. Telegram and Zalo are fakes of
// the real services: they refuse what those refuse, limit what those limit and
// lose what those lose. They are no models of what would be convenient.
package chattest
