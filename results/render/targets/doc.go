// Package targets says in a line each which servers were loaded: where they are, what they
// said, and how they were spoken to.
//
//	mail.example.test:25, 587 at 192.0.2.1 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM (587)
//
// Flows that share a server share its line, and its texts, which anybody may have written,
// are cut and made harmless.
package targets
