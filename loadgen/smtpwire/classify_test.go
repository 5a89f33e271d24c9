package smtpwire

import (
	"fmt"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The replies are those that the named servers send.
func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		phase sample.Phase
		said  string
		want  sample.Class
	}{
		// Postfix
		{sample.Banner, "421 4.3.2 All server ports are busy", sample.Busy},
		{sample.Banner, "421 4.7.0 mx.example.test Error: too many connections from 192.0.2.1", sample.Busy},
		{sample.Banner, "554 5.7.1 Service unavailable; client [192.0.2.1] blocked using rbl.example.test", sample.Policy},
		{sample.Mail, "450 4.7.1 Error: too much mail from 192.0.2.1", sample.Throttled},
		{sample.Mail, "530 5.7.0 Must issue a STARTTLS command first", sample.StartTLSMissing},
		{sample.Auth, "530 5.7.0 Must issue a STARTTLS command first", sample.StartTLSMissing},
		{sample.Mail, "530 5.7.0 Authentication required", sample.AuthMissing},
		{sample.Auth, "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", sample.AuthRejected},
		{sample.Auth, "503 5.5.1 Error: authentication not enabled", sample.AuthRejected},
		{sample.Mail, "452 4.3.1 Insufficient system storage", sample.TempFail},
		{sample.Mail, "552 5.3.4 Message size exceeds fixed limit", sample.TooBig},
		{sample.Body, "552 5.3.4 Error: message file too big", sample.TooBig},
		{sample.Rcpt, "550 5.1.1 <x@example.test>: Recipient address rejected: User unknown in local recipient table", sample.RecipientUnknown},
		{sample.Rcpt, "550 5.1.1 <x@example.test>: Recipient address rejected: User unknown in relay recipient table", sample.RecipientUnknown},
		{sample.Rcpt, "550 5.1.0 <x@example.test>: Recipient address rejected", sample.RecipientUnknown},
		{sample.Rcpt, "554 5.7.1 <x@example.test>: Relay access denied", sample.RelayDenied},
		{sample.Rcpt, "454 4.7.1 <x@example.test>: Relay access denied", sample.Policy},
		{sample.Rcpt, "452 4.5.3 Error: too many recipients", sample.TempFail},
		{sample.Rcpt, "450 4.1.1 <x@example.test>: Recipient address rejected: unverified address", sample.TempFail},
		{sample.Rcpt, "451 4.3.0 <x@example.test>: Temporary lookup failure", sample.TempFail},
		{sample.Body, "451 4.3.0 Error: queue file write error", sample.TempFail},
		{sample.Body, "550 5.7.1 Blocked by content filter", sample.Policy},
		{sample.Data, "554 5.5.1 Error: no valid recipients", sample.PermFail},
		{sample.Mail, "501 5.1.7 Bad sender address syntax", sample.PermFail},
		{sample.EHLO, "502 5.5.1 Error: command not implemented", sample.PermFail},

		// Greylisting: Postgrey, Rspamd, OpenBSD, an appliance
		{sample.Rcpt, "450 4.2.0 <x@example.test>: Recipient address rejected: Greylisted, see http://postgrey.example.test", sample.Greylisted},
		{sample.Rcpt, "451 4.7.1 Try again later", sample.Greylisted},
		{sample.Rcpt, "450 4.7.1 Please come back", sample.Greylisted},
		{sample.Rcpt, "451 Temporary failure: Grey-listed, please try again later", sample.Greylisted},
		{sample.Rcpt, "451 4.7.1 Ratelimit \"to\" exceeded", sample.Throttled},
		{sample.Mail, "451 4.7.1 Try again later", sample.Policy},
		{sample.Body, "451 4.7.1 Greylisted", sample.Greylisted},
		{sample.Data, "451 4.7.1 Greylisted", sample.Policy},
		{sample.Rcpt, "452 4.7.1 Not now", sample.Policy},

		// Exim, which gives no enhanced codes unless told to
		{sample.Rcpt, "550 Unrouteable address", sample.RecipientUnknown},
		{sample.Rcpt, "550 relay not permitted", sample.RelayDenied},
		{sample.Rcpt, "550-Verification failed for <a@example.test>\nNo Such User Here\nSender verify failed", sample.PermFail},
		{sample.Rcpt, "550 Administrative prohibition", sample.PermFail},
		{sample.Auth, "535 Incorrect authentication data", sample.AuthRejected},
		{sample.Body, "552 Message size exceeds maximum permitted", sample.TooBig},
		{sample.Banner, "421 Too many concurrent SMTP connections; please try again later.", sample.Busy},
		{sample.Rcpt, "451 Temporary local problem - please try later", sample.TempFail},

		// Gmail
		{sample.Rcpt, "550 5.1.1 The email account that you tried to reach does not exist.", sample.RecipientUnknown},
		{sample.Body, "550 5.7.26 This mail has been blocked because the sender is unauthenticated.", sample.Policy},
		{sample.Rcpt, "552 5.2.2 The email account that you tried to reach is over quota.", sample.PermFail},
		{sample.Rcpt, "452 4.2.2 The email account that you tried to reach is over quota.", sample.TempFail},
		{sample.Body, "421 4.7.28 Our system has detected an unusual rate of unsolicited mail", sample.Busy},
		{sample.Rcpt, "450 4.2.1 The user you are trying to contact is receiving mail at a rate\n4.2.1 that prevents additional messages", sample.Throttled},
		{sample.Body, "450 4.7.28 Slow down", sample.Throttled},
		{sample.Body, "552 5.7.0 This message was blocked because its content presents a potential security issue.", sample.Policy},
		{sample.Mail, "530 5.7.0 Must issue a STARTTLS command first. abc - gsmtp", sample.StartTLSMissing},
		{sample.Auth, "535 5.7.8 Username and Password not accepted.", sample.AuthRejected},
		{sample.Auth, "534 5.7.9 Application-specific password required.", sample.AuthRejected},
		{sample.Body, "552 5.3.4 Your message exceeded Google's message size limits.", sample.TooBig},

		// Exchange
		{sample.Mail, "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM", sample.AuthMissing},
		{sample.Rcpt, "550 5.7.1 Unable to relay", sample.RelayDenied},
		{sample.Rcpt, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", sample.RelayDenied},
		{sample.Rcpt, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", sample.RecipientUnknown},
		{sample.Body, "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", sample.TooBig},
		{sample.Body, "452 4.3.1 Insufficient system resources", sample.TempFail},
		{sample.Mail, "452 4.3.2 Connection rate limit exceeded", sample.Throttled},
		{sample.Banner, "450 4.3.2 The maximum number of concurrent server connections has been reached", sample.Throttled},
		{sample.Auth, "535 5.7.3 Authentication unsuccessful", sample.AuthRejected},

		// Dovecot
		{sample.Rcpt, "550 5.1.1 <x@example.test> User doesn't exist: x@example.test", sample.RecipientUnknown},
		{sample.Body, "452 4.2.2 <x@example.test> Quota exceeded (mailbox for user is full)", sample.TempFail},
		{sample.Auth, "535 5.7.8 Authentication failed.", sample.AuthRejected},
		{sample.Auth, "454 4.7.0 Temporary authentication failure", sample.TempFail},
		{sample.Auth, "454 Temporary authentication failure", sample.TempFail},

		// The sender or the client, which Postfix and Exim refuse at RCPT
		{sample.Rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.test", sample.Policy},
		{sample.Rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using relays.example.test; Open relay", sample.Policy},
		{sample.Rcpt, "554 5.7.1 <relay.example.test[192.0.2.1]>: Client host rejected: Access denied", sample.Policy},
		{sample.Rcpt, "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]", sample.Policy},
		{sample.Rcpt, "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", sample.Policy},
		{sample.Rcpt, "450 4.7.1 <box>: Helo command rejected: Host not found", sample.Policy},
		{sample.Rcpt, "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname", sample.PermFail},
		{sample.Rcpt, "550 5.7.1 Message rejected due to content restrictions", sample.Policy},
		{sample.Rcpt, "550 5.7.1 <a@relay.example.test>: Sender address rejected: not logged in", sample.Policy},
		{sample.Rcpt, "553 5.7.1 <a@example.test>: Sender address rejected: not owned by user tim", sample.Policy},
		{sample.Rcpt, "450 4.1.8 <a@example.test>: Sender address rejected: Domain not found", sample.TempFail},
		{sample.Rcpt, "550 5.1.8 <a@example.test>: Sender address rejected: Domain not found", sample.PermFail},
		{sample.Rcpt, "550 5.1.0 <a@example.test>: Sender address rejected: User unknown in virtual mailbox table", sample.PermFail},
		{sample.Rcpt, "553 5.1.8 <a@example.test>... Domain of sender address a@example.test does not exist", sample.PermFail},
		{sample.Rcpt, "550 Sender verify failed", sample.PermFail},
		{sample.Rcpt, "550 5.7.23 <b@example.test>: Recipient address rejected: Message rejected due to: SPF fail", sample.Policy},
		{sample.Rcpt, "450 4.7.1 Error: too many recipients from 192.0.2.1", sample.Throttled},
		{sample.Auth, "450 4.7.1 Error: too many AUTH commands from 192.0.2.1", sample.Throttled},

		// Sendmail
		{sample.Rcpt, "550 5.7.1 <b@example.test>... Relaying denied", sample.RelayDenied},
		{sample.Rcpt, "550 5.7.1 <b@example.test>... Relaying denied. IP name lookup failed [192.0.2.1]", sample.RelayDenied},
		{sample.Rcpt, "550 5.1.1 <b@example.test>... User unknown", sample.RecipientUnknown},
		{sample.Rcpt, "550 5.1.1 <relay@example.test>... User unknown", sample.RecipientUnknown},
		{sample.Rcpt, "550 5.7.1 Access denied", sample.Policy},
		{sample.Mail, "452 4.4.5 Insufficient disk space; try again later", sample.TempFail},
		{sample.Body, "451 4.7.1 Please try again later", sample.Greylisted},
		{sample.Rcpt, "451 4.7.1 Greylisting in action, please come back in 00:05:00", sample.Greylisted},
		{sample.StartTLS, "454 4.3.3 TLS not available after start", sample.TempFail},

		// qmail, and servers that write enhanced codes in ways of their own
		{sample.Rcpt, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", sample.RelayDenied},
		{sample.Rcpt, "550 sorry, no mailbox here by that name. (#5.1.1)", sample.RecipientUnknown},
		{sample.Body, "552 sorry, that message size exceeds my databytes limit (#5.3.4)", sample.TooBig},
		{sample.Body, "554 sorry, message looks like spam (#5.7.1)", sample.Policy},
		{sample.Mail, "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)", sample.Policy},
		{sample.Rcpt, "550 #5.1.0 Address rejected.", sample.RecipientUnknown},
		{sample.Mail, "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.", sample.Policy},
		{sample.Rcpt, "550 (5.1.1) no such person", sample.RecipientUnknown},
		{sample.Rcpt, "550 [5.1.1] no such person", sample.RecipientUnknown},
		{sample.Rcpt, "550 5.1.1: no such person", sample.RecipientUnknown},
		{sample.Rcpt, "550  5.1.1  no such person", sample.RecipientUnknown},

		// OpenSMTPD
		{sample.Rcpt, "550 Invalid recipient: <b@example.test>", sample.RecipientUnknown},
		{sample.Mail, "421 4.3.0: Temporary Error", sample.Busy},
		{sample.Rcpt, "550 5.7.1 Delivery not authorized, message refused: no relaying", sample.RelayDenied},

		// Exchange Online, Outlook
		{sample.Rcpt, "550 5.7.606-649 Access denied, banned sending IP [192.0.2.1]", sample.Policy},
		{sample.Rcpt, "550 5.7.606 Access denied, banned sending IP [192.0.2.1].", sample.Policy},
		{sample.Rcpt, "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712344)", sample.Policy},
		{sample.Rcpt, "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.", sample.Throttled},
		{sample.Body, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", sample.Throttled},
		{sample.Rcpt, "550 5.4.1 Recipient address rejected: Access denied.", sample.PermFail},
		{sample.Body, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", sample.Policy},
		{sample.Auth, "454 4.7.0 Temporary authentication failure", sample.TempFail},
		{sample.Auth, "451 4.7.0 Temporary server error. Please try again later.", sample.Policy},

		// Gmail, Yahoo
		{sample.Rcpt, "450 4.2.1 The user you are trying to contact is receiving mail too quickly.", sample.Throttled},
		{sample.Auth, "454 4.7.0 Too many login attempts, please try again later.", sample.Throttled},
		{sample.Rcpt, "550 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail.", sample.Policy},
		{sample.Rcpt, "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1", sample.Policy},

		// STARTTLS and AUTH that fail for now
		{sample.StartTLS, "454 4.7.0 TLS not available due to local problem", sample.TempFail},
		{sample.StartTLS, "454 TLS currently unavailable", sample.TempFail},
		{sample.StartTLS, "450 4.7.1 not now", sample.Policy},
		{sample.Auth, "454 4.7.0 Authentication server unavailable", sample.TempFail},
		{sample.Auth, "432 4.7.12 A password transition is needed", sample.Policy},
		{sample.Auth, "538 5.7.11 Encryption required for requested authentication mechanism", sample.AuthRejected},
		{sample.Rcpt, "530 5.7.0 Authentication required, see https://tls.example.test/help", sample.AuthMissing},

		// Enhanced codes decide; what only looks like one does not
		{sample.Body, "550 5.3.4 too large", sample.TooBig},
		{sample.Body, "452 4.3.4 too large for now", sample.TooBig},
		{sample.Rcpt, "552 5.1.1 no such user", sample.RecipientUnknown},
		{sample.Rcpt, "552 5.5.3 too many recipients", sample.PermFail},
		{sample.Rcpt, "550 4.7.1 relaying is for tomorrow", sample.RelayDenied},
		{sample.Rcpt, "550 5.7.1.2 is a version", sample.PermFail},
		{sample.Rcpt, "550 rejected by filter 1.0 (5.7.1.2)", sample.PermFail},
		{sample.Rcpt, "550 5.1", sample.PermFail},
		{sample.Rcpt, "550 5.1.1", sample.RecipientUnknown},
		{sample.Rcpt, "550", sample.PermFail},
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
