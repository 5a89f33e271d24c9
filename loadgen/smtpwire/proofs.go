package smtpwire

import "sync"

// proofs are the last responses by which clients proved that they know a password
// (CRAM-MD5, SCRAM). Who has one can guess the password, and a server may send it in
// another session.
type proofs struct {
	mu     sync.Mutex
	recent [64]string
	count  int
	made   *Secrets // from recent; nil if a proof was added since
}

func (p *proofs) add(proof string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recent[p.count%len(p.recent)] = proof
	p.count++
	p.made = nil
}

// secrets returns the proofs as Secrets; nil if there are none.
func (p *proofs) secrets() *Secrets {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil && p.count > 0 {
		p.made = secretsOf(p.recent[:min(p.count, len(p.recent))]...)
	}
	return p.made
}
