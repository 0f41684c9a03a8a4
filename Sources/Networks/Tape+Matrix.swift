package import Compute

/// Between the numbers of a tape and matrices in double precision, for losses that are computed on
/// those.
extension Tape {
    /// A matrix that is given, rounded to the tape's precision.
    @_specialize(where Element == Float)
    @_specialize(where Element == Double)
    package func input(_ matrix: Matrix) -> Value {
        input(rows: matrix.rows, columns: matrix.columns) { out in
            for index in out.indices { out[index] = Element(matrix.elements[index]) }
        }
    }

    /// A matrix of the pass in double precision.
    @_specialize(where Element == Float)
    @_specialize(where Element == Double)
    package func matrix(of value: Value) -> Matrix {
        let elements = elements(of: value)
        var matrix = Matrix(rows: value.rows, columns: value.columns)
        for index in elements.indices { matrix.elements[index] = Double(elements[index]) }
        return matrix
    }

    /// Adds a multiple of a matrix of the same shape to the gradient of a loss by a matrix of the
    /// pass.
    @_specialize(where Element == Float)
    @_specialize(where Element == Double)
    package func addToGradient(of value: Value, _ slope: Matrix, times factor: Double) {
        precondition(
            slope.rows == value.rows && slope.columns == value.columns,
            "a gradient of another shape")
        let gradient = gradient(of: value)
        for index in gradient.indices {
            gradient[index] += Element(factor * slope.elements[index])
        }
    }
}
