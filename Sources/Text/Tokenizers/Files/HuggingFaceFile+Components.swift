import Support

/// The components of a `tokenizer.json` that prepare text.
extension HuggingFaceFile {
    // MARK: Writing

    static func normalizer(_ normalization: TextNormalization) -> JSONValue {
        let forms = normalization.forms.map { form in
            JSONValue.object(["type": .text(form.rawValue.uppercased())])
        }
        guard forms.count != 1 else { return forms[0] }
        return forms.isEmpty
            ? .null : .object(["type": .text("Sequence"), "normalizers": .array(forms)])
    }

    static func preTokenizer(_ rule: PreTokenization) -> JSONValue {
        // GPT-2's pattern at the end is ByteLevel's own.
        let usesPattern = rule.cuts.last == .pattern(.gpt2)
        let components =
            (usesPattern ? rule.cuts.dropLast() : rule.cuts[...]).map(component)
            + [byteLevel(addsPrefixSpace: rule.addsPrefixSpace, usesPattern: usesPattern)]
        return components.count == 1
            ? components[0]
            : .object(["type": .text("Sequence"), "pretokenizers": .array(components)])
    }

    static func byteLevel(addsPrefixSpace: Bool, usesPattern: Bool) -> JSONValue {
        .object([
            "type": .text("ByteLevel"), "add_prefix_space": .bool(addsPrefixSpace),
            "trim_offsets": .bool(true), "use_regex": .bool(usesPattern),
        ])
    }

    private static func component(_ cut: PreTokenization.Cut) -> JSONValue {
        switch cut {
        case .digits(let individually):
            .object(["type": .text("Digits"), "individual_digits": .bool(individually)])
        case .pattern(let pattern):
            .object([
                "type": .text("Split"), "pattern": .object(["Regex": .text(pattern.expression)]),
                "behavior": .text("Isolated"), "invert": .bool(false),
            ])
        }
    }

    // MARK: Reading

    static func normalization(
        _ field: TokenizerFields?
    ) throws(TokenizerFileError) -> TextNormalization {
        guard let field else { return TextNormalization(forms: []) }
        var forms: [UnicodeNormalizer.Form] = []
        for component in try flattened(field, list: "normalizers") {
            switch try component.type.text() {
            case "NFC": forms.append(.nfc)
            case "NFD": forms.append(.nfd)
            case "NFKC": forms.append(.nfkc)
            case "NFKD": forms.append(.nfkd)
            case let other: throw component.type.unsupported(other)
            }
        }
        return TextNormalization(forms: forms)
    }

    static func preTokenization(
        _ field: TokenizerFields
    ) throws(TokenizerFileError) -> PreTokenization {
        let components = try flattened(field, list: "pretokenizers")
        var cuts: [PreTokenization.Cut] = []
        for (index, component) in components.enumerated() {
            switch try component.type.text() {
            case "ByteLevel":
                // What comes after it would see the characters that spell bytes.
                guard index == components.count - 1 else {
                    throw component.type.unsupported("ByteLevel before another component")
                }
                let space = try component.fields.required("add_prefix_space")
                if try component.fields.optional("use_regex")?.bool() ?? true {
                    cuts.append(.pattern(.gpt2))
                }
                if try space.bool() && !PreTokenization.allowsPrefixSpace(cuts) {
                    throw space.unsupported("true after another component")
                }
                return PreTokenization(cuts, addsPrefixSpace: try space.bool())
            case "Digits":
                let flag = try component.fields.required("individual_digits")
                cuts.append(.digits(individually: try flag.bool()))
            case "Split":
                cuts.append(.pattern(try pattern(component.fields)))
            case let other:
                throw component.type.unsupported(other)
            }
        }
        throw field.unsupported("without ByteLevel, by which text becomes the characters of bytes,")
    }

    /// The components of a component: itself, or those of a sequence.
    static func flattened(
        _ field: TokenizerFields, list: String
    ) throws(TokenizerFileError) -> [(fields: TokenizerFields, type: TokenizerFields)] {
        let type = try field.required("type")
        guard try type.text() == "Sequence" else { return [(field, type)] }
        var components: [(fields: TokenizerFields, type: TokenizerFields)] = []
        for element in try field.required(list).elements() {
            components += try flattened(element, list: list)
        }
        return components
    }

    private static func pattern(
        _ split: TokenizerFields
    ) throws(TokenizerFileError) -> PiecePattern {
        let field = try split.required("pattern")
        guard let expression = try field.optional("Regex") else {
            throw field.unsupported("no Regex")
        }
        guard let pattern = PiecePattern(expression: try expression.text()) else {
            throw expression.unsupported("\"\(try expression.text())\"")
        }
        // The patterns match all of a text, so that there is nothing between matches to tell apart.
        let behavior = try split.required("behavior")
        let isInverted = try split.required("invert").bool()
        switch (try behavior.text(), isInverted) {
        case ("Isolated", _), ("MergedWithPrevious", _), ("MergedWithNext", _), ("Removed", true):
            return pattern
        case (let name, _):
            throw behavior.unsupported(isInverted ? "\(name) with invert" : name)
        }
    }
}
