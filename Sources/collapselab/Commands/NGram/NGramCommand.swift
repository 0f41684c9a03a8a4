import ArgumentParser

extension CollapseLab {
    /// `collapselab ngram`
    struct NGramCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ngram",
            abstract: "Train, query, sample and compare n-gram models, on plain files.",
            discussion: """
                Models are ARPA files, which KenLM and SRILM share, or binary files (`convert`), which are mapped \
                instead of read, or what a run stored, by its short address RUN:ARM/SEED/GENERATION. A text is a sentence a line; --tokenizer says what its tokens are:
                  whitespace       words between blanks, as KenLM has it
                  bytes, characters, words
                  PATH             a tokenizer.json

                  collapselab ngram train --order 5 --arpa model.arpa text.txt
                  collapselab ngram perplexity --arpa model.arpa held-out.txt
                  collapselab ngram sample --arpa model.arpa --tokens 1000 --seed 7
                  collapselab ngram perplexity --model runs/demo-ngram:replace/0/5 text.txt
                """,
            subcommands: [
                NGramTrain.self, NGramPerplexity.self, NGramSample.self, NGramCompare.self,
                NGramConvert.self,
            ])
    }
}
