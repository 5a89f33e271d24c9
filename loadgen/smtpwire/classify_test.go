package smtpwire

import (
	"fmt"
	"testing"
)

// The replies are such as the servers named send them.
func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		phase Phase
		said  string
		want  Class
	}{
		// Postfix
		{Banner, "421 4.3.2 All server ports are busy", Busy},
		{Banner, "421 4.7.0 mx.example.test Error: too many connections from 192.0.2.1", Busy},
		{Banner, "554 5.7.1 Service unavailable; client [192.0.2.1] blocked using rbl.example.test", Policy},
		{Mail, "450 4.7.1 Error: too much mail from 192.0.2.1", Throttled},
		{Mail, "530 5.7.0 Must issue a STARTTLS command first", StartTLSMissing},
		{Auth, "530 5.7.0 Must issue a STARTTLS command first", StartTLSMissing},
		{Mail, "530 5.7.0 Authentication required", AuthMissing},
		{Auth, "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", AuthRejected},
		{Auth, "503 5.5.1 Error: authentication not enabled", AuthRejected},
		{Mail, "452 4.3.1 Insufficient system storage", TempFail},
		{Mail, "552 5.3.4 Message size exceeds fixed limit", TooBig},
		{Body, "552 5.3.4 Error: message file too big", TooBig},
		{Rcpt, "550 5.1.1 <x@example.test>: Recipient address rejected: User unknown in local recipient table", RecipientUnknown},
		{Rcpt, "550 5.1.1 <x@example.test>: Recipient address rejected: User unknown in relay recipient table", RecipientUnknown},
		{Rcpt, "550 5.1.0 <x@example.test>: Recipient address rejected", RecipientUnknown},
		{Rcpt, "554 5.7.1 <x@example.test>: Relay access denied", RelayDenied},
		{Rcpt, "454 4.7.1 <x@example.test>: Relay access denied", Policy},
		{Rcpt, "452 4.5.3 Error: too many recipients", TempFail},
		{Rcpt, "450 4.1.1 <x@example.test>: Recipient address rejected: unverified address", TempFail},
		{Rcpt, "451 4.3.0 <x@example.test>: Temporary lookup failure", TempFail},
		{Body, "451 4.3.0 Error: queue file write error", TempFail},
		{Body, "550 5.7.1 Blocked by content filter", Policy},
		{Data, "554 5.5.1 Error: no valid recipients", PermFail},
		{Mail, "501 5.1.7 Bad sender address syntax", PermFail},
		{EHLO, "502 5.5.1 Error: command not implemented", PermFail},

		// Greylisting: Postgrey, Rspamd, OpenBSD, an appliance
		{Rcpt, "450 4.2.0 <x@example.test>: Recipient address rejected: Greylisted, see http://postgrey.example.test", Greylisted},
		{Rcpt, "451 4.7.1 Try again later", Greylisted},
		{Rcpt, "450 4.7.1 Please come back", Greylisted},
		{Rcpt, "451 Temporary failure: Grey-listed, please try again later", Greylisted},
		{Rcpt, "451 4.7.1 Ratelimit \"to\" exceeded", Throttled},
		{Mail, "451 4.7.1 Try again later", Policy},
		{Body, "451 4.7.1 Greylisted", Greylisted},
		{Data, "451 4.7.1 Greylisted", Policy},
		{Rcpt, "452 4.7.1 Not now", Policy},

		// Exim, which gives no enhanced codes unless told to
		{Rcpt, "550 Unrouteable address", RecipientUnknown},
		{Rcpt, "550 relay not permitted", RelayDenied},
		{Rcpt, "550-Verification failed for <a@example.test>\nNo Such User Here\nSender verify failed", PermFail},
		{Rcpt, "550 Administrative prohibition", PermFail},
		{Auth, "535 Incorrect authentication data", AuthRejected},
		{Body, "552 Message size exceeds maximum permitted", TooBig},
		{Banner, "421 Too many concurrent SMTP connections; please try again later.", Busy},
		{Rcpt, "451 Temporary local problem - please try later", TempFail},

		// Gmail
		{Rcpt, "550 5.1.1 The email account that you tried to reach does not exist.", RecipientUnknown},
		{Body, "550 5.7.26 This mail has been blocked because the sender is unauthenticated.", Policy},
		{Rcpt, "552 5.2.2 The email account that you tried to reach is over quota.", PermFail},
		{Rcpt, "452 4.2.2 The email account that you tried to reach is over quota.", TempFail},
		{Body, "421 4.7.28 Our system has detected an unusual rate of unsolicited mail", Busy},
		{Rcpt, "450 4.2.1 The user you are trying to contact is receiving mail at a rate\n4.2.1 that prevents additional messages", Throttled},
		{Body, "450 4.7.28 Slow down", Throttled},
		{Body, "552 5.7.0 This message was blocked because its content presents a potential security issue.", Policy},
		{Mail, "530 5.7.0 Must issue a STARTTLS command first. abc - gsmtp", StartTLSMissing},
		{Auth, "535 5.7.8 Username and Password not accepted.", AuthRejected},
		{Auth, "534 5.7.9 Application-specific password required.", AuthRejected},
		{Body, "552 5.3.4 Your message exceeded Google's message size limits.", TooBig},

		// Exchange
		{Mail, "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM", AuthMissing},
		{Rcpt, "550 5.7.1 Unable to relay", RelayDenied},
		{Rcpt, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", RelayDenied},
		{Rcpt, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", RecipientUnknown},
		{Body, "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", TooBig},
		{Body, "452 4.3.1 Insufficient system resources", TempFail},
		{Mail, "452 4.3.2 Connection rate limit exceeded", Throttled},
		{Banner, "450 4.3.2 The maximum number of concurrent server connections has been reached", Throttled},
		{Auth, "535 5.7.3 Authentication unsuccessful", AuthRejected},

		// Dovecot
		{Rcpt, "550 5.1.1 <x@example.test> User doesn't exist: x@example.test", RecipientUnknown},
		{Body, "452 4.2.2 <x@example.test> Quota exceeded (mailbox for user is full)", TempFail},
		{Auth, "535 5.7.8 Authentication failed.", AuthRejected},
		{Auth, "454 4.7.0 Temporary authentication failure", TempFail},
		{Auth, "454 Temporary authentication failure", TempFail},

		// The sending side refused at RCPT, where Postfix and Exim wait for it
		{Rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.test", Policy},
		{Rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using relays.example.test; Open relay", Policy},
		{Rcpt, "554 5.7.1 <relay.example.test[192.0.2.1]>: Client host rejected: Access denied", Policy},
		{Rcpt, "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]", Policy},
		{Rcpt, "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", Policy},
		{Rcpt, "450 4.7.1 <box>: Helo command rejected: Host not found", Policy},
		{Rcpt, "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname", PermFail},
		{Rcpt, "550 5.7.1 Message rejected due to content restrictions", Policy},
		{Rcpt, "550 5.7.1 <a@relay.example.test>: Sender address rejected: not logged in", Policy},
		{Rcpt, "553 5.7.1 <a@example.test>: Sender address rejected: not owned by user tim", Policy},
		{Rcpt, "450 4.1.8 <a@example.test>: Sender address rejected: Domain not found", TempFail},
		{Rcpt, "550 5.1.8 <a@example.test>: Sender address rejected: Domain not found", PermFail},
		{Rcpt, "550 5.1.0 <a@example.test>: Sender address rejected: User unknown in virtual mailbox table", PermFail},
		{Rcpt, "553 5.1.8 <a@example.test>... Domain of sender address a@example.test does not exist", PermFail},
		{Rcpt, "550 Sender verify failed", PermFail},
		{Rcpt, "550 5.7.23 <b@example.test>: Recipient address rejected: Message rejected due to: SPF fail", Policy},
		{Rcpt, "450 4.7.1 Error: too many recipients from 192.0.2.1", Throttled},
		{Auth, "450 4.7.1 Error: too many AUTH commands from 192.0.2.1", Throttled},

		// Sendmail
		{Rcpt, "550 5.7.1 <b@example.test>... Relaying denied", RelayDenied},
		{Rcpt, "550 5.7.1 <b@example.test>... Relaying denied. IP name lookup failed [192.0.2.1]", RelayDenied},
		{Rcpt, "550 5.1.1 <b@example.test>... User unknown", RecipientUnknown},
		{Rcpt, "550 5.1.1 <relay@example.test>... User unknown", RecipientUnknown},
		{Rcpt, "550 5.7.1 Access denied", Policy},
		{Mail, "452 4.4.5 Insufficient disk space; try again later", TempFail},
		{Body, "451 4.7.1 Please try again later", Greylisted},
		{Rcpt, "451 4.7.1 Greylisting in action, please come back in 00:05:00", Greylisted},
		{StartTLS, "454 4.3.3 TLS not available after start", TempFail},

		// qmail, and servers that write enhanced codes in ways of their own
		{Rcpt, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", RelayDenied},
		{Rcpt, "550 sorry, no mailbox here by that name. (#5.1.1)", RecipientUnknown},
		{Body, "552 sorry, that message size exceeds my databytes limit (#5.3.4)", TooBig},
		{Body, "554 sorry, message looks like spam (#5.7.1)", Policy},
		{Mail, "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)", Policy},
		{Rcpt, "550 #5.1.0 Address rejected.", RecipientUnknown},
		{Mail, "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.", Policy},
		{Rcpt, "550 (5.1.1) no such person", RecipientUnknown},
		{Rcpt, "550 [5.1.1] no such person", RecipientUnknown},
		{Rcpt, "550 5.1.1: no such person", RecipientUnknown},
		{Rcpt, "550  5.1.1  no such person", RecipientUnknown},

		// OpenSMTPD
		{Rcpt, "550 Invalid recipient: <b@example.test>", RecipientUnknown},
		{Mail, "421 4.3.0: Temporary Error", Busy},
		{Rcpt, "550 5.7.1 Delivery not authorized, message refused: no relaying", RelayDenied},

		// Exchange Online, Outlook
		{Rcpt, "550 5.7.606-649 Access denied, banned sending IP [192.0.2.1]", Policy},
		{Rcpt, "550 5.7.606 Access denied, banned sending IP [192.0.2.1].", Policy},
		{Rcpt, "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712344)", Policy},
		{Rcpt, "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.", Throttled},
		{Body, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Throttled},
		{Rcpt, "550 5.4.1 Recipient address rejected: Access denied.", PermFail},
		{Body, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", Policy},
		{Auth, "454 4.7.0 Temporary authentication failure", TempFail},
		{Auth, "451 4.7.0 Temporary server error. Please try again later.", Policy},

		// Gmail, Yahoo
		{Rcpt, "450 4.2.1 The user you are trying to contact is receiving mail too quickly.", Throttled},
		{Auth, "454 4.7.0 Too many login attempts, please try again later.", Throttled},
		{Rcpt, "550 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail.", Policy},
		{Rcpt, "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1", Policy},

		// STARTTLS and AUTH out of order for now
		{StartTLS, "454 4.7.0 TLS not available due to local problem", TempFail},
		{StartTLS, "454 TLS currently unavailable", TempFail},
		{StartTLS, "450 4.7.1 not now", Policy},
		{Auth, "454 4.7.0 Authentication server unavailable", TempFail},
		{Auth, "432 4.7.12 A password transition is needed", Policy},
		{Auth, "538 5.7.11 Encryption required for requested authentication mechanism", AuthRejected},
		{Rcpt, "530 5.7.0 Authentication required, see https://tls.example.test/help", AuthMissing},

		// Enhanced codes decide, and what looks like one and is none does not
		{Body, "550 5.3.4 too large", TooBig},
		{Body, "452 4.3.4 too large for now", TooBig},
		{Rcpt, "552 5.1.1 no such user", RecipientUnknown},
		{Rcpt, "552 5.5.3 too many recipients", PermFail},
		{Rcpt, "550 4.7.1 relaying is for tomorrow", RelayDenied},
		{Rcpt, "550 5.7.1.2 is a version", PermFail},
		{Rcpt, "550 rejected by filter 1.0 (5.7.1.2)", PermFail},
		{Rcpt, "550 5.1", PermFail},
		{Rcpt, "550 5.1.1", RecipientUnknown},
		{Rcpt, "550", PermFail},
	} {
		var code int
		if _, err := fmt.Sscan(tt.said[:3], &code); err != nil {
			t.Fatal(err)
		}
		var text []byte
		if len(tt.said) > 4 {
			text = []byte(tt.said[4:])
		}
		e, rest := parseEnhanced(code, text)
		if got := classify(tt.phase, code, e, rest); got != tt.want {
			t.Errorf("%v %q: %v, want %v", tt.phase, tt.said, got, tt.want)
		}
	}
}
