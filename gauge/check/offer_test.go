package check

import (
	"reflect"
	"strings"
	"testing"
)

func TestOffer(t *testing.T) {
	got := offerIn([]string{"size 1000", "AUTH=LOGIN", "auth PLAIN LOGIN", "", "LIMITS MAILMAX=20 RCPTMAX=x =3", "8BITMIME"})
	want := offer{"SIZE": {"1000"}, "AUTH": {"LOGIN", "PLAIN"}, "LIMITS": {"MAILMAX=20", "RCPTMAX=X", "=3"}, "8BITMIME": {}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !got.has("8BITMIME") || got.has("STARTTLS") || got.number("SIZE") != 1000 || got.number("AUTH") != 0 || got.limits()["MAILMAX"] != 20 || got.limits()["RCPTMAX"] != 0 {
		t.Errorf("%v is not read as it stands", got)
	}
}

// Servers send what they like.
func FuzzOffer(f *testing.F) {
	f.Add("SIZE 1\nAUTH=X Y\nLIMITS MAILMAX=-1 RCPTMAX=99999999999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		o := offerIn(strings.Split(text, "\n"))
		for keyword := range o {
			if n := o.number(keyword); n < 0 {
				t.Errorf("%s is %d", keyword, n)
			}
		}
		for name, n := range o.limits() {
			if n <= 0 {
				t.Errorf("the limit %s is %d", name, n)
			}
		}
	})
}
