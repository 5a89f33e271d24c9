// Package bus carries the messages of a fleet between its coordinator and its agents: over
// NATS ([Serve] and [Connect]), or in memory for tests ([Memory]).
//
// # Who may talk
//
// All who know the fleet's [Token] belong to it, and nobody else. Every message is
// encrypted and authenticated by a key that is made from the token (AES-256-GCM), together
// with the address it goes to. So the broker, and whoever else uses it, can neither read
// nor forge one, with TLS or without. A message that was recorded and is sent again is
// dropped: each sender numbers its messages, and all but a first [Hello] go to the ID of one
// process, which is new each time.
//
// An embedded server has no listener of its own. Whoever connects has to log in with what is made
// of the token at the door in front of it (door.go), which bounds those who have not.
//
// # What is promised
//
//   - Messages of one sender to one address arrive in the order in which they were sent,
//     or not at all. Nothing is sent again: coordinator and agent say every half second
//     what they want and what they have, and so find out what is missing.
//   - A message has at most MaxMessage octets, and is decoded strictly: a field that is
//     unknown or out of its range makes it invalid. An invalid message is dropped.
package bus
