import Collapse
import Lab
import Support
import Testing

/// Wrong experiments and the exact words that the user reads.
@Suite struct MessageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var overrides: [String]
        var message: String
        var testDescription: String { overrides.first ?? String(text.suffix(60)) }

        init(_ text: String, _ message: String) {
            self.init(text, [], message)
        }

        init(_ text: String, _ overrides: [String], _ message: String) {
            self.text = text
            self.overrides = overrides
            self.message = message
        }
    }

    static let minimal = Imaginary.minimal
    static let pair = Imaginary.pair

    static let cases: [Case] = [
        Case(
            "",
            "e.yaml:1:1: `setting` is missing; expected one of imaginary, other (The "
                + "task setting). Add the key."),
        Case(
            "- 1\n",
            "e.yaml:1:1: found a list where keys are expected. Write `key: value` "
                + "lines."),
        Case(
            "a: [1, 2\nb: 3\n",
            "e.yaml:2:2: not valid YAML: did not find expected ',' or ']' while "
                + "parsing a flow sequence. Correct the text at this place or just before "
                + "it."),
        Case(
            "a: \tb: c\n",
            "e.yaml:1:6: not valid YAML: mapping values are not allowed in this "
                + "context. Correct the text at this place or just before it."),
        Case(
            "settings: imaginary\n",
            "e.yaml:1:1: `settings` is not a key; the nearest is `setting`. Write "
                + "that or remove it."),
        Case(
            "setting: imaginery\n",
            "e.yaml:1:10: `setting` is `imaginery`; expected one of imaginary, "
                + "other. Write `imaginary`."),
        Case(
            "setting: imaginary\n",
            "e.yaml:1:1: `generations` is missing; expected a whole number from 0 to "
                + "100000 (The last generation t; generation 0 is the model fitted on real "
                + "data only). Add the key.\n"
                + "e.yaml:1:1: the experiment has no arms; expected a map `arms:` from "
                + "names to keys, or `workflow` at the top level for a single arm. Write "
                + "one of them."),
        Case(
            "setting: imaginary\ngenerations: 2\n",
            "e.yaml:1:1: the experiment has no arms; expected a map `arms:` from "
                + "names to keys, or `workflow` at the top level for a single arm. Write "
                + "one of them."),
        Case(
            "setting: imaginary\ngenerations: 2\nworkflow: replace\n",
            "e.yaml:3:11: `sample-size` is missing; expected a number from 1 to "
                + "1e12, or a group whose `schedule` is constant, linear, power, "
                + "exponential, step, cosine or table (n_t, the size of one generation's "
                + "data, in the setting's unit). Add the key.\n"
                + "e.yaml:3:11: `corpus` is missing; expected text (The corpus). Add the key."),
        Case(
            minimal + "seeds: []\n",
            "e.yaml:6:1: `seeds` is empty; expected at least one seed. Write `[0]` "
                + "or a range such as `0..4`."),
        Case(
            minimal + "seeds: [1, 2, 1]\n",
            "e.yaml:6:15: `seeds` holds 1 twice; expected different seeds. Remove "
                + "the repetition."),
        Case(
            minimal + "seeds: 3\n",
            "e.yaml:6:8: `seeds` is 3; expected a list of whole numbers of at least "
                + "0, or a range such as 0..4. Write `0..2` for 3 seeds, or `[3]` for the one of "
                + "that number."),
        Case(
            minimal + "seeds: 4..0\n",
            "e.yaml:6:8: `seeds` is the text \"4..0\"; expected a list of whole "
                + "numbers of at least 0, or a range such as 0..4. Write the smaller "
                + "number first."),
        Case(
            minimal + "seeds: 0..9999999999\n",
            "e.yaml:6:8: `seeds` is 0..9999999999, which holds more than 1000000 "
                + "numbers. Use a shorter range."),
        Case(
            minimal + "seeds: [-1]\n",
            "e.yaml:6:9: `seeds.0` is -1; expected a whole number of at least 0. "
                + "Choose a value in this range."),
        Case(
            minimal + "generations: 4\n",
            "e.yaml:2:1: `generations` is written more than once in its group. "
                + "Remove all but one."),
        Case(
            minimal + "<<: {a: 1}\n",
            "e.yaml:6:1: the merge key `<<` is not read. Write keys that arms share "
                + "at the top level: they are the defaults of every arm."),
        Case(
            minimal + "[a]: 1\n",
            "e.yaml:6:1: found a key that is a list or a group. Write a word as the "
                + "key."),
        Case(
            minimal + "format: 2\n",
            "e.yaml:6:9: `format` is 2; this program reads format 1. Use the version "
                + "of the program that wrote the file."),
        Case(
            minimal + "temperature: 2\n",
            "e.yaml:6:1: `temperature` is not a key; `sampling.temperature` is. "
                + "Write it there."),
        Case(
            minimal + "variance: 2\n",
            "e.yaml:6:1: `variance` is not a key of this setting, only of `other`. "
                + "Remove it or change `setting`."),
        Case(
            minimal + "prompts: hello\n",
            "e.yaml:6:10: `prompts` is the text \"hello\"; expected a list of texts. "
                + "Write `[hello]`."),
        Case(
            minimal + "sampling: {temprature: 2}\n",
            "e.yaml:6:12: `sampling.temprature` is not a key; the nearest is "
                + "`temperature`. Write that or remove it."),
        Case(
            minimal + "sampling: {heat: 2}\n",
            "e.yaml:6:12: `sampling.heat` is not a key of `sampling`; expected one "
                + "of temperature, top-k. Write one of these or remove it."),
        Case(
            minimal + "sampling: {temperature: hot}\n",
            "e.yaml:6:25: `sampling.temperature` is the text \"hot\"; expected a "
                + "number from 0 to 100. Change the value."),
        Case(
            minimal + "sampling: {temperature: '2'}\n",
            "e.yaml:6:25: `sampling.temperature` is the text \"2\"; expected a "
                + "number from 0 to 100. Remove the quotes."),
        Case(
            minimal + "sampling: {temperature: -1}\n",
            "e.yaml:6:25: `sampling.temperature` is -1; expected a number from 0 to "
                + "100. Choose a value in this range."),
        Case(
            minimal + "sampling: {temperature: .nan}\n",
            "e.yaml:6:25: `sampling.temperature` is .nan; expected a number from 0 "
                + "to 100. Choose a value in this range."),
        Case(
            minimal + "sampling: {top-k: 0.5}\n",
            "e.yaml:6:19: `sampling.top-k` is 0.5; expected a whole number from 1 to "
                + "100000. Change the value."),
        Case(
            minimal + "sampling: 2\n",
            "e.yaml:6:11: `sampling` is 2; expected a group of keys: temperature and "
                + "top-k. Change the value."),
        Case(
            minimal + "sampling:\n",
            "e.yaml:6:10: `sampling` is empty; expected a group of keys: temperature "
                + "and top-k. Change the value."),
        Case(
            minimal + "name:\n",
            "e.yaml:6:6: `name` is empty; expected text. Change the value."),
        Case(
            minimal + "name: ../x\n",
            "e.yaml:6:7: `name`: it begins with `.`, and names the run's folder: use letters, digits, "
                + "blanks, `-`, `_` and `.`, beginning with a letter or digit."),
        Case(
            minimal + "shuffle: yes\n",
            "e.yaml:6:10: `shuffle` is the text \"yes\"; expected true or false. "
                + "Write `true`."),
        Case(
            minimal + "checkpoints: some\n",
            "e.yaml:6:14: `checkpoints` is `some`; expected one of all, last, none. "
                + "Choose one of these."),
        Case(
            minimal + "real-fraction: 1.5\n",
            "e.yaml:6:16: `real-fraction` is 1.5; expected a number from 0 to 1. "
                + "Choose a value in this range."),
        Case(
            minimal + "real-fraction: lots\n",
            "e.yaml:6:16: `real-fraction` is the text \"lots\"; expected a number "
                + "from 0 to 1, or a group whose `schedule` is constant, linear, power, "
                + "exponential, step, cosine or table. Change the value."),
        Case(
            minimal + "real-fraction: {schedule: linaer, from: 1}\n",
            "e.yaml:6:27: `real-fraction.schedule` is `linaer`; expected one of "
                + "constant, linear, power, exponential, step, cosine, table. Write "
                + "`linear`."),
        Case(
            minimal + "real-fraction: {schedule: linear, from: 1}\n",
            "e.yaml:6:1: `real-fraction.to` is missing; expected a number from 0 to "
                + "1 (Value at the horizon). Add the key."),
        Case(
            minimal + "real-fraction: {from: 1}\n",
            "e.yaml:6:1: `real-fraction.schedule` is missing; expected one of "
                + "constant, linear, power, exponential, step, cosine, table. Add the key."),
        Case(
            minimal + "real-fraction: {schedule: linear, value: 1}\n",
            "e.yaml:6:35: `real-fraction.value` is only a key where `schedule` is "
                + "constant. Remove it or change `schedule`."),
        Case(
            minimal + "tokenizer: {kind: bte}\n",
            "e.yaml:6:19: `tokenizer.kind` is `bte`; expected one of byte, bpe. "
                + "Write `byte`."),
        Case(
            minimal + "tokenizer: bytes\n",
            "e.yaml:6:12: `tokenizer` is `bytes`; expected one of byte, bpe. Write "
                + "`byte`."),
        Case(
            minimal + "model: bigrm\n",
            "e.yaml:6:8: `model` names the preset `bigrm`, but `models` holds "
                + "bigram, broken, tiny, trigram. Write `bigram`."),
        Case(
            minimal + "model: {preset: huge}\n",
            "e.yaml:6:17: `model.preset` names the preset `huge`, but `models` holds "
                + "bigram, broken, tiny, trigram. Choose one of these, or write the keys."),
        Case(
            minimal + "model: broken\n",
            "models/broken.yaml:2:1: `ordre` is not a key; the nearest is `order`. "
                + "Write that or remove it.\n"
                + "  in the preset `broken` that e.yaml:6:8 names"),
        Case(
            minimal + "model: {preset: tiny, kind: ngram}\n",
            "e.yaml:6:29: `model` is of kind `ngram`, but the preset `tiny` is of "
                + "kind `network`. Remove `kind` or choose another preset."),
        Case(
            minimal + "model: {order: 9}\n",
            "e.yaml:6:16: `model.order` is 9; expected a whole number from 1 to 8. "
                + "Choose a value in this range."),
        Case(
            pair + "  Bad: {}\n",
            "e.yaml:15:3: `Bad` is not a name for an arm; expected lower-case "
                + "letters, digits, `-`, `_` and `.`, beginning with a letter or digit. "
                + "Rename the arm."),
        Case(
            pair.replacing("workflow: replace", with: "seeds: [1]"),
            "e.yaml:8:3: `arms.replace.workflow` is missing; expected one of "
                + "replace, accumulate, accumulate-subsample, mixture, pool (Which data "
                + "generation t trains on). Add the key to the arm, or at the top level "
                + "for all arms.\n"
                + "e.yaml:9:5: `arms.replace.seeds` is not a key of an arm: `seeds` "
                + "belongs to the whole experiment. Write it at the top level."),
        Case(
            pair.replacing("workflow: replace", with: "workflow: replcae"),
            "e.yaml:9:15: `arms.replace.workflow` is `replcae`; expected one of "
                + "replace, accumulate, accumulate-subsample, mixture, pool. Write `replace`."),
        Case(
            pair.replacing("workflow: replace", with: "stream: 1"),
            "e.yaml:8:3: `arms.replace.workflow` is missing; expected one of "
                + "replace, accumulate, accumulate-subsample, mixture, pool (Which data "
                + "generation t trains on). Add the key to the arm, or at the top level "
                + "for all arms."),
        Case(
            pair.replacing("    workflow: replace\n", with: ""),
            "e.yaml:8:3: `arms.replace.workflow` is missing; expected one of "
                + "replace, accumulate, accumulate-subsample, mixture, pool (Which data "
                + "generation t trains on). Add the key to the arm, or at the top level "
                + "for all arms."),
        Case(
            pair.replacing("corpus: austen\n", with: ""),
            "e.yaml:7:3: `arms.replace.corpus` is missing; expected text (The "
                + "corpus). Add the key to the arm, or at the top level for all arms."),
        Case(
            pair + "sweep: {seeds: [1, 2]}\n",
            "e.yaml:15:9: `seeds` cannot be swept: every arm already runs every "
                + "seed. Write the seeds at the top level."),
        Case(
            pair + "sweep: {generations: [1, 2]}\n",
            "e.yaml:15:9: `generations` cannot be swept: it belongs to the whole "
                + "experiment and not to an arm. Write one experiment file for each value."),
        Case(
            pair + "sweep: {real-fracton: [1, 2]}\n",
            "e.yaml:15:9: `sweep.real-fracton` is not a key; the nearest is "
                + "`real-fraction`. Write that or remove it."),
        Case(
            pair + "sweep: {real-fraction: 0.5}\n",
            "e.yaml:15:24: `sweep.real-fraction` is 0.5; expected a list of the "
                + "values to try. Write them in brackets: `[0, 0.1, 1]`."),
        Case(
            pair + "sweep: {real-fraction: []}\n",
            "e.yaml:15:9: `sweep.real-fraction` is an empty list; expected a list of "
                + "the values to try. Write them in brackets: `[0, 0.1, 1]`."),
        Case(
            pair + "sweep: {real-fraction: [0.5, 2]}\n",
            "e.yaml:15:30: `sweep.real-fraction.1` is 2; expected a number from 0 to "
                + "1. Choose a value in this range."),
        Case(
            pair + "sweep: {arms.mixtur.real-fraction: [1]}\n",
            "e.yaml:15:9: there is no arm `mixtur`; the arms are replace, mixture. "
                + "Write `mixture`."),
        Case(
            pair + "sweep: {stream: [1], arms.mixture.stream: [2]}\n",
            "e.yaml:15:22: `sweep.arms.mixture.stream` is swept twice for the arm "
                + "`mixture`. Remove one of the two lists."),
        Case(
            pair + "sweep: {stream: 0..200, parents: 1..200}\n",
            "e.yaml:15:25: the sweep makes more than 10000 arms. Sweep fewer values."),
        Case(
            pair, ["generatons=3"],
            "--set generatons=3: `generatons` is not a key; the nearest is "
                + "`generations`. Write that or remove it."),
        Case(
            pair, ["generations"],
            "--set generations: not an override; expected KEY=VALUE with a dotted "
                + "key, such as `arms.mixture.real-fraction=0.2`. Correct it."),
        Case(
            pair, ["a..b=3"],
            "--set a..b=3: not an override; expected KEY=VALUE with a dotted key, "
                + "such as `arms.mixture.real-fraction=0.2`. Correct it."),
        Case(
            pair, ["generations=[1"],
            "--set generations=[1: not valid YAML: did not find expected ',' or ']' "
                + "while parsing a flow sequence. Correct the text at this place or just "
                + "before it."),
        Case(
            pair, ["generations=many"],
            "--set generations=many: `generations` is the text \"many\"; expected a "
                + "whole number from 0 to 100000. Change the value."),
        Case(
            pair, ["arms.mixtur.real-fraction=1"],
            "--set arms.mixtur.real-fraction=1: there is no arm `mixtur`; the arms "
                + "are replace, mixture. Write `mixture`."),
        Case(
            pair, ["arms.mixture.real-fraction=2"],
            "--set arms.mixture.real-fraction=2: `arms.mixture.real-fraction` is 2; "
                + "expected a number from 0 to 1. Choose a value in this range."),
        Case(
            pair, ["arms.mixture.real-data.kind=x"],
            "--set arms.mixture.real-data.kind=x: `arms.mixture.real-data` is a "
                + "group; expected one of fresh, replayed, kept. Change the value."),
        Case(
            pair, ["workflow=replace"],
            "--set workflow=replace: `workflow` at the top level has no effect, "
                + "because every arm has its own value. Override `arms.NAME.workflow` "
                + "instead."),
        Case(
            minimal + "phases: [{from: 2, corpus: milton}]\n",
            "e.yaml:6:20: `phases.0.corpus` cannot change on the way: `corpus` holds for a whole arm. "
                + "Write it in the arm."),
        Case(
            minimal + "phases: [{workflow: accumulate}]\n",
            "e.yaml:6:10: `phases.0.from` is missing; expected a whole number from 1 to 1000000000 ("
                + PhaseKeys.from.declaration.help.dropLast() + "). Add the key."),
        Case(
            pair, ["curate.0.fraction=1"],
            "--set curate.0.fraction=1: `curate.0` does not exist: the list holds 0 "
                + "elements, numbered from 0. Choose one of these, or write the whole list."),
        Case(
            pair + "sweep: {arms.mixture.real-fraction: [1]}\n", ["arms.mixture.real-fraction=1"],

            "--set arms.mixture.real-fraction=1: `arms.mixture.real-fraction` has no "
                + "effect, because `sweep` tries values of its own. Override "
                + "`sweep.arms.mixture.real-fraction` with a list instead."),
    ]

    @Test(arguments: cases)
    func says(_ example: Case) throws {
        do {
            _ = try ExperimentFile.load(
                text: example.text, path: "e.yaml", overrides: example.overrides,
                settings: [Imaginary.setting, Imaginary.other], presets: Imaginary.presets)
            Issue.record("loads: \(example.text)")
        } catch {
            #expect(error.description == example.message)
        }
    }
}
