package mail

import "testing"

func TestSeparator(t *testing.T) {
	for _, line := range []string{
		"From a@x.test Thu Jan  1 00:00:00 2020\n",
		"From a@x.test Thu Jan  1 00:00:00 2020\r\n",
		"From a@x.test Thu Jan  1 00:00:00 2020", // the end of the file
		"From - Thu Jan 01 00:00:00 2020\n",
		"From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n",
		"From ???@??? Thu Jan 01 00:00:00 1998\n",
		"From a@x.test Thu Jan  1 00:00 2020\n",
		"From a@x.test  Thu Jan  1 0:00:00 PST 2020 \n",
		"From a@x.test Thu Jan  1 00:00:00 2020 +0100\n",
		"From a@x.test Thu Jan  1 00:00:00 +0100 2020\n",
		"From 1234567890@xxx Thu Jan 01 00:00:00 +0000 2020\n",
		"From a@x.test Thu Jan  1 00:00:00 2020 -0500 (EST)\n",
		"From a@x.test Thu, 1 Jan 2020 00:00:00 +0000\n",
		"From uucp!a Thu Jan  1 00:00:00 2020 remote from host\n",
		"From \"a b\"@x.test Thu Jan  1 00:00:00 2020\n",
		"From Thu Jan  1 00:00:00 2020\n",
		"From 9c3b7a6e4f0d Mon Sep 17 00:00:00 2001\n", // a patch
	} {
		if !isSeparator([]byte(line)) {
			t.Errorf("no separator: %q", line)
		}
	}
	for _, line := range []string{
		"", "\n", "From", "From \n", "From a@x.test\n", "From: a@x.test Thu Jan  1 00:00:00 2020\n",
		">From a@x.test Thu Jan  1 00:00:00 2020\n", "from a@x.test Thu Jan  1 00:00:00 2020\n",
		"From my point of view this is text\n",
		"From Monday on, all will be different\n",
		"From Mon to Fri 10:00 we are open\n",
		"From Thu Jan 1 2020 on at 10:00\n",
		"From a@x.test Thu Jan  1 00:00:00\n",
		"From a@x.test Thu Jan 2020\n",
		"From a@x.test Thu Jan 32 00:00:00 2020\n",
		"From a@x.test Thu Jan  1 00:00:00 2020 we met\n",
		"From Ada we heard this Thu Jan  1 00:00:00 2020\n",
	} {
		if isSeparator([]byte(line)) {
			t.Errorf("a separator: %q", line)
		}
	}
}
