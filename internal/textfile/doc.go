// Package textfile reads the files that users give: scenarios, messages, tables,
// certificates and secrets, written by any editor on any system.
//
// [Read] takes regular files, and pipes such as <(command) and /dev/stdin, each up to a
// bound. It refuses devices, folders and sockets at once. [Decode] turns the octets into
// text:
//
//   - It takes UTF-8, with or without a byte-order mark. Octets that are not UTF-8 stay
//     as they are, because an old message may have the character set that its header
//     names.
//   - It takes UTF-16 with a byte-order mark. It also takes UTF-16 without one, if at
//     least half of the characters are Latin, which have a zero octet.
//   - Lines that end in LF or CRLF stay as they are. CR CR LF becomes one line end: it
//     comes from text that was converted for Windows twice. If CR alone ends the lines,
//     each CR becomes LF.
//
// Decode refuses UTF-32, damaged UTF-16, and kinds of files that people mistake for text,
// such as archives. The text may still have zero octets in it: the caller knows whether
// these are allowed.
package textfile
