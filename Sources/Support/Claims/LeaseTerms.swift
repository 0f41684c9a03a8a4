/// How long a claim holds that its holder does not renew.
package struct LeaseTerms: Hashable, Sendable {
    /// Seconds between two renewals.
    package var heartbeat: Double
    /// Seconds after the last renewal at which others may take the claim, by the file system's
    /// clock; several heartbeats, so that a slow disk evicts nobody.
    package var expiry: Double

    package init(heartbeat: Double, expiry: Double) {
        precondition(heartbeat > 0 && expiry > heartbeat, "a lease ends before it is renewed")
        self.heartbeat = heartbeat
        self.expiry = expiry
    }

    /// A heartbeat of 30 s, and an expiry of 120 s: attributes that a client of a shared file system
    /// keeps for a minute do not make a living holder look dead.
    package static let usual = LeaseTerms(heartbeat: 30, expiry: 120)
}
