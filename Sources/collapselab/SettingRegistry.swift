import Collapse
import Settings

/// The task settings that experiments can name: one line each.
enum SettingRegistry {
    static let types: [any TaskSetting.Type] = [
        LanguageSetting.self,
        GaussianSetting.self,
        ContaminatedMeanSetting.self,
        ContaminatedClassificationSetting.self,
        RidgeMixtureSetting.self,
        ImageNetworkSetting.self,
        DiffusionSetting.self,
        MultiviewSetting.self,
        GaussianMixtureSetting.self,
        KernelDensitySetting.self,
        LinearRegressionSetting.self,
        DiscreteSetting.self,
        ExponentialFamilySetting.self,
        VerificationSetting.self,
    ]

    static var declarations: [SettingDeclaration] { types.map { $0.declaration } }

    /// The setting of a name that the specification has already checked.
    static func type(named name: String) -> any TaskSetting.Type {
        guard let type = types.first(where: { $0.declaration.name == name }) else {
            preconditionFailure("the setting \(name) is declared but not registered")
        }
        return type
    }
}
