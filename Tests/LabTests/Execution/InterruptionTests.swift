import Foundation
import Glibc
import Lab
import Testing

@Suite struct InterruptionTests {
    /// Starts threads that make steps until they are put down, which is for ever.
    private func start(_ fits: Int, on interruption: Interruption) {
        let started = DispatchSemaphore(value: 0)
        for _ in 0..<fits {
            Thread {
                let fit = interruption.begin()
                started.signal()
                while true {
                    sched_yield()
                    interruption.noteWritten(fit)
                }
            }.start()
        }
        for _ in 0..<fits { started.wait() }
    }

    @Test(
        "Whoever ends the process waits for every running fit, and for no other", arguments: [1, 7])
    func running(fits: Int) {
        let interruption = Interruption()
        #expect(!interruption.isRequested && !interruption.isFitting)
        start(fits, on: interruption)
        #expect(interruption.isFitting)
        #expect(interruption.request() == fits)
        interruption.waitUntilWritten()
        #expect(interruption.isRequested && !interruption.isFitting)
    }

    @Test("Fits that have ended are not waited for")
    func ended() {
        let interruption = Interruption()
        let fit = interruption.begin()
        interruption.end(fit)
        #expect(!interruption.isFitting)
        #expect(interruption.request() == 0)
        interruption.waitUntilWritten()
    }

    @Test("A fit that ends after the request is waited for until then")
    func ending() {
        let interruption = Interruption()
        let fit = interruption.begin()
        #expect(interruption.request() == 1)
        Thread { interruption.end(fit) }.start()
        interruption.waitUntilWritten()
        #expect(!interruption.isFitting)
    }

    @Test("Without a request a written state changes nothing")
    func unasked() {
        let interruption = Interruption()
        let fit = interruption.begin()
        interruption.noteWritten(fit)
        #expect(interruption.isFitting)
        #expect(interruption.progress == 0)
        interruption.noteProgress()
        #expect(interruption.progress == 1)
    }
}
