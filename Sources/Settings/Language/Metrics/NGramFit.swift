import Collapse
import LanguageModels

/// What the fit of an n-gram model reports of one order.
struct NGramFit {
    let types: MetricDeclaration
    /// The discounts of n-grams seen once, twice and more often.
    let discounts: [MetricDeclaration]
    let isFallback: MetricDeclaration

    static let orders = NGramConfiguration.orders.map(NGramFit.init)
    static var metrics: [MetricDeclaration] { orders.flatMap(\.metrics) }

    private var metrics: [MetricDeclaration] { [types] + discounts + [isFallback] }

    private init(order: Int) {
        types = MetricDeclaration(
            "fit.types_\(order)", title: "distinct \(order)-grams", unit: "types",
            direction: .neither, help: "Distinct \(order)-grams of the training data.")
        discounts = zip(1...3, ["once", "twice", "three times or more"]).map { count, words in
            MetricDeclaration(
                "fit.discount_\(order)_\(count)", title: "discount of \(order)-grams seen \(words)",
                direction: .neither,
                help: "What modified Kneser-Ney smoothing takes from the count of \(order)-grams "
                    + "seen \(words).")
        }
        isFallback = MetricDeclaration(
            "fit.discount_\(order)_fallback", title: "\(order)-gram discounts by default",
            direction: .neither,
            help:
                "1 where the data are too few to estimate the discounts of \(order)-grams, so that "
                + "default ones stand in; else 0.")
    }

    /// The metrics of a fitted model, order by order.
    static func metrics(of model: NGramModel) -> [MetricValue] {
        model.metrics.flatMap { summary in
            let fit = orders[summary.order - NGramConfiguration.orders.lowerBound]
            var metrics = [fit.types.value(Double(summary.types))]
            if let discounts = summary.discounts {
                let values = [discounts.one, discounts.two, discounts.threeOrMore]
                metrics += zip(fit.discounts, values).map { $0.value($1) }
                metrics.append(fit.isFallback.value(discounts.isFallback ? 1 : 0))
            }
            return metrics
        }
    }
}
