import Collapse
import Settings
import Testing

/// The settings of the lab. Those that read files when they are made come last.
enum EverySetting {
    static let withoutFiles: [any TaskSetting.Type] = [
        GaussianSetting.self, DiscreteSetting.self, GaussianMixtureSetting.self,
        KernelDensitySetting.self, LinearRegressionSetting.self, RidgeMixtureSetting.self,
        ContaminatedMeanSetting.self, ContaminatedClassificationSetting.self,
        ExponentialFamilySetting.self, VerificationSetting.self,
    ]
    static let all =
        withoutFiles + [
            MultiviewSetting.self, ImageNetworkSetting.self, DiffusionSetting.self,
            LanguageSetting.self,
        ]
}

/// A setting's type with its name for the test's log.
struct SettingCase: Sendable, CustomTestStringConvertible {
    var type: any TaskSetting.Type
    var testDescription: String { type.declaration.name }

    static let all = EverySetting.all.map { SettingCase(type: $0) }
    static let withoutFiles = EverySetting.withoutFiles.map { SettingCase(type: $0) }
}
