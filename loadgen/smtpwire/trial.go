package smtpwire

// Try begins a mail transaction and takes it back: MAIL and RCPT as Send has them, and
// then RSET, one command at a time. It sends neither DATA nor BDAT, so no mail comes of
// it. The MessageEnded is Accepted if the server took a recipient at least.
func (c *Client) Try(t *Transaction) { c.transact(t, true) }
