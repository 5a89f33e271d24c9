// Package textfile reads files as people have them: scenarios, messages,
// tables, certificates and secrets, written by any editor on any system.
//
// Read takes regular files, and pipes, since <(command) and /dev/stdin are
// that; each up to a bound. It refuses at once what has no end or is no file:
// devices, folders, sockets. Decode makes of the octets what was meant by them:
//
//   - UTF-8, with or without a byte-order mark. Octets that are not UTF-8 stay
//     as they are: an old message is in whatever its header says.
//   - UTF-16, in either order, with a byte-order mark, or without one if at
//     least half of the characters are Latin, whose other octet is zero.
//   - Lines that end in LF or CRLF stay as they are. CR CR LF, which is what
//     text becomes that is made ready for Windows twice, is one line end; and
//     where CR alone ends the lines, they end in LF.
//
// Decode refuses UTF-32, UTF-16 that is damaged, and the kinds of file that
// people mistake for text, such as archives. What it returns may still hold
// zero octets: whoever takes the text knows whether those are allowed.
package textfile
