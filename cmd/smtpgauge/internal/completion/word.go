package completion

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/scenarios"
)

// Words completes to words that are known from the start.
func Words(known []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(slices.Clone(known), word), cobra.ShellCompDirectiveNoFileComp
	}
}

// Hosts completes one argument to the host that is always there: the built-in
// server.
func Hosts(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return beginning([]cobra.Completion{cobra.CompletionWithDesc(scenarios.SinkHost, "the built-in server")}, word), cobra.ShellCompDirectiveNoFileComp
}

// described adds the first sentence of a text to a completion.
func described(word, text string) cobra.Completion {
	sentence, _, _ := strings.Cut(strings.Join(strings.Fields(text), " "), ". ")
	return cobra.CompletionWithDesc(word, strings.TrimSuffix(sentence, "."))
}

// beginning returns the completions that begin so.
func beginning(list []cobra.Completion, word string) []cobra.Completion {
	return slices.DeleteFunc(list, func(c cobra.Completion) bool { return !strings.HasPrefix(c, word) })
}

// contains reports whether a word is among completions, described or not.
func contains(list []cobra.Completion, word string) bool {
	for _, c := range list {
		if known, _, _ := strings.Cut(c, "\t"); known == word {
			return true
		}
	}
	return false
}

// prefixed puts the same before each word.
func prefixed(prefix string, words []string) []cobra.Completion {
	list := make([]cobra.Completion, len(words))
	for i, word := range words {
		list[i] = prefix + word
	}
	return list
}
