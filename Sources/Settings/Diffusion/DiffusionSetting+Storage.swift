package import Collapse
import Foundation
import Networks

/// Models and images as files.
extension DiffusionSetting {
    private static let modelFile = "denoiser.f32"
    private static let pixelFile = "images.f32"
    private static let labelFile = "labels.bin"

    /// 32-bit little-endian floats in the order of the denoiser's layout.
    package func encode(_ model: Model, seedData: DiffusionData) throws -> [String: [UInt8]] {
        var files = [Self.modelFile: FloatFile.bytes(of: model.parameters)]
        files[OptimizerFile.name] = model.optimizer.map { OptimizerFile.bytes(of: $0) }
        return files
    }

    /// - Throws: An error where the file is missing or of another network.
    package func decodeModel(
        _ files: [String: [UInt8]], seedData: DiffusionData
    ) throws -> Model {
        let count = denoiser(seedData).layout.count
        return Model(
            parameters: try FloatFile.numbers(
                in: files[Self.modelFile] ?? [], expecting: count, name: Self.modelFile),
            optimizer: try files[OptimizerFile.name].map {
                try OptimizerFile.state(in: $0, parameters: count)
            })
    }

    /// The pixels of all images, between -1 and 1, and a byte for each label.
    package func encode(
        _ examples: ImageExamples, seedData: DiffusionData
    ) throws -> [String: [UInt8]] {
        [
            Self.pixelFile: FloatFile.bytes(of: examples.pixels), Self.labelFile: examples.labels,
        ]
    }

    /// - Throws: An error where files are missing or are not of the seed's images.
    package func decodeExamples(
        _ files: [String: [UInt8]], seedData: DiffusionData
    ) throws -> ImageExamples {
        let labels = files[Self.labelFile] ?? []
        guard labels.allSatisfy({ $0 < seedData.classes }) else {
            throw DamagedFile(description: "\(Self.labelFile) has a class that the images lack")
        }
        return ImageExamples(
            pixels: try FloatFile.numbers(
                in: files[Self.pixelFile] ?? [],
                expecting: labels.count * seedData.images.imageSize, name: Self.pixelFile),
            labels: labels)
    }

    /// The image as it is, its class for a label.
    package func picture(
        _ examples: ImageExamples, at index: Int, seedData: DiffusionData
    ) -> Picture {
        Picture(
            width: seedData.width,
            shades: Data(
                examples.pixels(at: index).map { pixel in
                    UInt8((max(-1, min(1, pixel)) + 1) / 2 * 255)
                }), label: "class \(examples.labels[index])")
    }

    /// The image in characters of rising brightness, and its label.
    package func show(_ examples: ImageExamples, at index: Int, seedData: DiffusionData) -> String {
        let shades = Array(" .:-=+*#%@")
        let pixels = Array(examples.pixels(at: index))
        let rows = stride(from: 0, to: pixels.count, by: seedData.width).map { start in
            String(
                pixels[start..<start + seedData.width].map { pixel -> Character in
                    let share = (max(-1, min(1, pixel)) + 1) / 2
                    return shades[Int((share * Float(shades.count - 1)).rounded())]
                })
        }
        return (rows + ["label \(examples.labels[index])"]).joined(separator: "\n")
    }
}
