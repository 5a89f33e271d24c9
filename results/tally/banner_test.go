package tally

import (
	"testing"
)

func TestBannerWithoutWhatPasses(t *testing.T) {
	for _, c := range []struct{ banner, want string }{
		{"mail.example.test ESMTP Postfix (Debian/GNU)", "mail.example.test ESMTP Postfix (Debian/GNU)"},
		{"mx.example.test ESMTP Exim 4.96-15+deb12u4 Tue, 24 Nov 2026 14:46:33 +0000", "mx.example.test ESMTP Exim 4.96-15+deb12u4 <time>"},
		{"mx.example.test ESMTP Sendmail 8.18.1/8.18.1; Tue, 24 Nov 2026 14:46:33 GMT", "mx.example.test ESMTP Sendmail 8.18.1/8.18.1; <time>"},
		{"mx.example.test ESMTP, Tue Nov 24 14:46:33 UTC 2026", "mx.example.test ESMTP, <time>"},
		{"mx.example.test ready at 2026-11-24T14:46:33.123Z", "mx.example.test ready at <time>"},
		{"mx.example.test ready at 14:46:33", "mx.example.test ready at <time>"},
		{"A1BC2DE3F4.mail.example.test MAIL Service ready at Tue, 24 Nov 2026 14:46:33 +0000 [08DA1234ABCD5678]", "A1BC2DE3F4.mail.example.test MAIL Service ready at <time> <id>"},
		{"mx.example.test ESMTP Haraka/3.0.5 ready (C45BBE)", "mx.example.test ESMTP Haraka/3.0.5 ready <id>"},
		{"mx.example.test ESMTP 5b1f17b1804b1-4a0b0c0d0e0si1234567f8f.99 - ready", "mx.example.test ESMTP <id> - ready"},
		{"mx.example.test ESMTP <1896.697170952@mx.example.test>", "mx.example.test ESMTP <id@mx.example.test>"},
		{"mx.example.test 123e4567-e89b-12d3-a456-426614174000", "mx.example.test <id>"},
		{"mx.example.test ESMTP 1764000000123", "mx.example.test ESMTP <number>"},
		{"mx.example.test ESMTP service (version 20240101)", "mx.example.test ESMTP service (version 20240101)"},
		{"mx.example.test", "mx.example.test"},
		{"", ""},
	} {
		if got := LastingBanner(c.banner); got != c.want {
			t.Errorf("%q: %q, want %q", c.banner, got, c.want)
		}
	}
}
