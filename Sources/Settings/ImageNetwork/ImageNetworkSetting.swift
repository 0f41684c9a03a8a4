package import Collapse
package import Compute
import Networks
import Support
import Synchronization
import Text

/// The neural experiment of Strong Model Collapse (Dohmatob et al. 2024): a two-layer network
/// learns digits from real labels mixed with those of another network, the generator, whose quality
/// is the number of images it learned from.
///
/// The base model is the generator. Synthetic examples are real images with a model's labels: those
/// of generation 0's draw, the last one first, so that a mixture with `real-data: kept` relabels
/// just the images that it does not keep.
package struct ImageNetworkSetting: TaskSetting {
    /// A network in single precision, an input for each pixel and an output for each class.
    package typealias Model = TwoLayerNetwork<Float>

    /// The training of the learner and of the generator.
    package let training: NetworkTraining
    /// The number of hidden units of the learner.
    package let width: Int
    /// The number of images that the generator learns from; no generation trains on them.
    package let labellerSize: Int
    /// The number of hidden units of the generator; ``width`` unless the arm says otherwise.
    package let generatorWidth: Int
    /// The number of real images of a seed that only measure.
    package let heldOut: Int
    private let stock: LabelledSetStock<ImageSet>

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        training = NetworkTraining(
            loss: try values[Self.loss], optimizer: try values[Self.optimizer],
            learningRate: try values[Self.learningRate], batch: try values[Self.batch],
            epochs: try values[Self.epochs])
        width = try values[Self.width]
        labellerSize = try values[Self.labellerSize]
        generatorWidth = try values[Self.generatorWidth] ?? width
        heldOut = try values[Self.heldOut]

        stock = LabelledSetStock(
            try values[Images.key].rawValue, key: Images.key.name, resources)
        try check(values)
    }

    private func check(_ values: SpecificationValue) throws(SpecificationIssue) {
        guard try values[ArmKeys.optimizerState] == .restart else {
            throw SpecificationIssue(
                path: [ArmKeys.optimizerState.name],
                message:
                    "this setting keeps no state of its optimizer: use optimizer-state: restart")
        }
        let start = try values[ArmKeys.startFrom]
        guard start == .scratch || generatorWidth == width else {
            throw SpecificationIssue(
                path: [Self.generatorWidth.name],
                message: "a fit of width \(width) cannot start from a generator of width "
                    + "\(generatorWidth): make them equal or use start-from: scratch")
        }
    }

    package var capabilities: Capabilities<ImageNetworkSetting> {
        Capabilities(baseModel: baseModel(in:work:), samplesUnderConditions: true)
    }

    package var storage: Storage<ImageNetworkSetting>? {
        Storage(
            encodeModel: encode(_:seedData:), decodeModel: decodeModel(_:seedData:),
            encodeExamples: encode(_:seedData:), decodeExamples: decodeExamples(_:seedData:),
            show: show(_:at:seedData:),
            inputs: { [stock] stage in
                stage == .seedData ? ["images=\(try stock.manifest().identity)"] : []
            })
    }

    // MARK: Real data

    package func sources() throws -> [DataSource] {
        let set = try stock.set()
        let parts = [
            ("train", max(0, set.count - heldOut - labellerSize)), ("generator", labellerSize),
            ("test", heldOut),
        ]
        return [
            DataSource(
                kind: "images", name: stock.name, sha256: try stock.manifest().sha256,
                unit: "images",
                parts: parts.map {
                    DataSource.Part(name: $0.0, count: $0.1, bytes: $0.1 * (set.size + 1))
                })
        ]
    }

    package var bytesPerUnit: Int { 5 }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> ImageData {
        let set = try stock.set()
        guard set.count > heldOut + labellerSize else {
            throw SpecificationIssue(
                path: [Self.labellerSize.name],
                message:
                    "\(stock.name) has \(set.count) images, of which \(heldOut) are held out "
                    + "and \(labellerSize) are the generator's, which leaves none to train on: lower "
                    + "labeller-size or held-out")
        }
        return ImageData(
            set, heldOut: heldOut, labellerSize: labellerSize,
            key: RandomKey(seed: seed, stream: stream, purpose: .realOrder))
    }

    package func realCount(in seedData: ImageData) -> Int? { seedData.stream.count }
    package func realSize(at index: Int, in seedData: ImageData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: ImageData) throws -> LabelledImages {
        seedData.real(seedData.stream[range])
    }

    // MARK: The learner

    /// The generator, trained on images of its own.
    package func baseModel(in seedData: ImageData, work: Workload) throws -> Model {
        seedData.generator.withLock { generator in
            if let generator { return generator }
            // Generation 0's keys are those of the learner's first fit; another stream is the
            // generator's own.
            var key = seedData.key.with(purpose: .initialise)
            key.generation = .max
            let trained = trained(
                Model(
                    inputs: seedData.images.size, width: generatorWidth,
                    classes: seedData.images.classes,
                    key: key), on: seedData.real(seedData.generatorImages), weights: nil,
                seedData: seedData,
                key: key, work: work
            ).network
            generator = trained
            return trained
        }
    }

    private func trained(
        _ network: Model, on examples: LabelledImages, weights: [Double]?, seedData: ImageData,
        key: RandomKey, work: Workload
    ) -> (network: Model, loss: Double) {
        var network = network
        let data = NetworkTraining.Data(
            pixels: seedData.pixels(of: examples.images.map { Int($0) }), labels: examples.labels,
            weights: weights)
        let loss = training.train(
            &network, on: data, key: key.with(purpose: .shuffle), progress: work.progress)
        return (network, loss)
    }

    package func fit(
        _ data: TrainingData<LabelledImages>, start: FitStart<Model>, seedData: ImageData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<Model> {
        let network =
            switch start {
            case .scratch:
                Model(
                    inputs: seedData.images.size, width: width, classes: seedData.images.classes,
                    key: key
                )
            case .model(let model, _): model
            }
        let (trained, loss) = trained(
            network, on: data.examples, weights: data.weights, seedData: seedData, key: key,
            work: work)
        try DivergedTraining.check(trained.parameters, rate: Self.learningRate.name)
        return Fitted(model: trained, metrics: [Metric.trainingLoss.value(loss)])
    }

    /// Labels of the conditions, the last one first and over again if more are wanted: each image
    /// gets the class with the greatest output, the first of equal ones.
    package func sample(
        from parents: [Model], size: Int, conditions: LabelledImages?, seedData: ImageData,
        key: RandomKey, work: Workload
    ) throws -> LabelledImages {
        guard let conditions, conditions.count > 0 else { return LabelledImages() }
        let images = (0..<size).map { position in
            conditions.images[conditions.count - 1 - position % conditions.count]
        }
        var labels: [UInt8] = []
        let shares = ParentShares(of: size, parents: parents.count)
        for (index, parent) in parents.enumerated() {
            let part = shares[index]
            labels +=
                predictions(of: parent, for: images[part].map { Int($0) }, seedData: seedData)
                .labels
        }
        return LabelledImages(images: images, labels: labels)
    }

    /// The class and the loss of each image under a model.
    func predictions(
        of model: Model, for positions: [Int], seedData: ImageData
    ) -> (labels: [UInt8], losses: [Double]) {
        let batch = 256
        let tape = Tape<Float>()
        var labels: [UInt8] = []
        var losses: [Double] = []
        for start in stride(from: 0, to: positions.count, by: batch) {
            let chosen = positions[start..<min(start + batch, positions.count)]
            let outputs = model.outputs(of: seedData.pixels(of: chosen), on: tape)
            for (row, position) in chosen.enumerated() {
                let range = row * model.classes..<(row + 1) * model.classes
                var best = range.lowerBound
                for index in range where outputs[index] > outputs[best] { best = index }
                labels.append(UInt8(best - range.lowerBound))
                losses.append(
                    training.loss.value(
                        outputs: outputs[range], label: Int(seedData.images.labels[position])))
            }
        }
        return (labels, losses)
    }

    // MARK: Storage

    private static let modelFile = "network.f32"

    /// 32-bit little-endian floats in the order of ``TwoLayerNetwork/parameters``.
    package func encode(_ model: Model, seedData: ImageData) throws -> [String: [UInt8]] {
        [Self.modelFile: FloatFile.bytes(of: model.parameters)]
    }

    /// Reads back a learner of this ``width``.
    ///
    /// - Throws: An error where `network.f32` is missing or has the length of another network.
    package func decodeModel(
        _ files: [String: [UInt8]], seedData: ImageData
    ) throws -> Model {
        let (inputs, classes) = (seedData.images.size, seedData.images.classes)
        let parameters = try FloatFile.numbers(
            in: files[Self.modelFile] ?? [],
            expecting: Model.parameterCount(inputs: inputs, width: width, classes: classes),
            name: Self.modelFile)
        return Model(inputs: inputs, width: width, classes: classes, parameters: parameters)
    }

    /// One file of five bytes an image: its index, 32-bit little-endian, and its label.
    package func encode(_ examples: LabelledImages, seedData: ImageData) throws -> [String: [UInt8]]
    {
        ["labels.bin": examples.bytes]
    }

    /// Reads back labelled images; without `labels.bin` there are none.
    ///
    /// - Throws: An error where the file ends within an image or an index is not of the seed's set.
    package func decodeExamples(
        _ files: [String: [UInt8]], seedData: ImageData
    ) throws -> LabelledImages {
        let examples = try LabelledImages(bytes: files["labels.bin"] ?? [])
        guard examples.images.allSatisfy({ (0..<Int32(seedData.images.count)).contains($0) }),
            examples.labels.allSatisfy({ $0 < seedData.images.classes })
        else {
            throw DamagedFile(
                description: "labels.bin has an image or a class that the set lacks")
        }
        return examples
    }

    /// The image in characters of rising brightness, and its label.
    package func show(_ examples: LabelledImages, at index: Int, seedData: ImageData) -> String {
        let shades = Array(" .:-=+*#%@")
        let (width, size) = (seedData.images.width, seedData.images.size)
        let start = Int(examples.images[index]) * size
        let rows = stride(from: start, to: start + size, by: width).map { row in
            String(
                seedData.images.pixels[row..<row + width].map {
                    shades[Int($0) * (shades.count - 1) / seedData.images.brightest]
                })
        }
        return (rows + ["label \(examples.labels[index])"]).joined(separator: "\n")
    }
}
