import Collapse
import Text

extension TokenDataset {
    /// Documents of exactly `size` tokens that several models draw, each a part of it.
    ///
    /// Document i continues prompt i modulo their number, whoever writes it.
    static func drawn(
        _ size: Int, by count: Int, after prompts: [[UInt32]],
        _ draw: (_ model: Int, _ size: Int, _ prompts: [[UInt32]]) throws -> TokenDataset
    ) rethrows -> TokenDataset {
        let shares = ParentShares(of: size, parents: count)
        var all = TokenDataset()
        for model in 0..<count where !shares[model].isEmpty {
            let next = prompts.isEmpty ? 0 : all.documentCount % prompts.count
            all.append(
                try draw(
                    model, shares[model].count, Array(prompts[next...] + prompts[..<next])))
        }
        return all
    }
}
