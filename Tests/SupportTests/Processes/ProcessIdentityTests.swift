import Foundation
import Glibc
import Support
import Testing

@Suite struct ProcessIdentityTests {
    @Test func thisProcessLives() {
        #expect(ProcessIdentity.current.isAlive == true)
        #expect(ProcessIdentity.current.start > 0)
        #expect(ProcessIdentity.current.machine.wholeMatch(of: /[0-9a-f]{16}/) != nil)
        #expect(!ProcessIdentity.host.isEmpty)
    }

    @Test("A number that is used again is another process")
    func reusedNumbers() {
        var other = ProcessIdentity.current
        other.start += 1
        #expect(other.isAlive == false)
    }

    @Test func nobodySaysWhetherAProcessOfAnotherMachineLives() {
        var other = ProcessIdentity.current
        other.machine = "0123456789abcdef"
        #expect(other.isAlive == nil)
    }

    @Test("A process that has ended is dead, waited for or not")
    func endedProcesses() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/cat")
        let input = Pipe()
        process.standardInput = input
        try process.run()
        let stat = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        let start = try #require(
            stat.split(separator: ")").last?.split(separator: " ").dropFirst(19).first
                .flatMap { UInt64($0) })
        let identity = ProcessIdentity(
            machine: ProcessIdentity.current.machine, number: process.processIdentifier,
            start: start)
        #expect(identity.isAlive == true)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(identity.isAlive == false)
    }
}
