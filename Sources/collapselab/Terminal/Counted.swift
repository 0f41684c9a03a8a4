/// A number with its noun, such as `1 arm` and `2 arms`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
