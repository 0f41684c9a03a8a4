import Compute
import Testing

@Suite struct NearestWordTests {
    @Test func suggestionsAreNear() {
        let words = ["austen", "anarchism", "handbook"]
        #expect(NearestWord.find("austin", in: words) == "austen")
        #expect(NearestWord.find("Handbok", in: words) == "handbook")
        #expect(NearestWord.find("a", in: words) == nil)
        #expect(NearestWord.find("shakespeare", in: words) == nil)
    }
}
