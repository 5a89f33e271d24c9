package samples

// ForeignTexts are texts that could do harm. A reply, a scenario or a run file may have
// them.
var ForeignTexts = []string{
	"::error file=a::pwned ::error::x ::error::y ::error::z ::stop-commands::t ##vso[task.complete]\u202e",
	"##vso[task.setvariable variable=a]b ##[error]c ##teamcity[message text='d']",
	"--- group +++ group ~~~ group ^^^ +++",
	"=cmd|'/C calc'!A0 +1 -1 @SUM(A1)",
	"@octo-org/admins https://evil.invalid/ www.evil.invalid #1 GH-1 :tada: a@b.test $x$ ![i](https://evil.invalid/i.png) <img src=x> [^1] `x` | &commat;team",
	"`|@team|` \\|@team \\`",
	"\x1b[2J\u009b31m\u202e\u2066\u200f\u061c\u200b\u2028\u2029\U000e0041\ufe0f\xff\x00\r\n::error::next",
}
