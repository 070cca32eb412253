// See Types.cs. Throwing is spinning: nothing here divides, indexes arrays or dereferences null.
#pragma warning disable
namespace Internal.Runtime.CompilerHelpers;

using System;
using System.Runtime;

static class StartupCodeHelpers
{
    [RuntimeExport("RhpReversePInvoke")] static void EnterManaged(IntPtr frame) { }
    [RuntimeExport("RhpReversePInvokeReturn")] static void LeaveManaged(IntPtr frame) { }
    [RuntimeExport("RhpPInvoke")] static void EnterNative(IntPtr frame) { }
    [RuntimeExport("RhpPInvokeReturn")] static void LeaveNative(IntPtr frame) { }
    [RuntimeExport("RhpFallbackFailFast")] static void FailFast() { while (true); }
    [RuntimeExport("RhpThrowEx")] static void Throw(object o) { while (true); }
}

public static class ThrowHelpers
{
    static void ThrowOverflowException() { while (true); }
    static void ThrowDivideByZeroException() { while (true); }
    static void ThrowIndexOutOfRangeException() { while (true); }
    static void ThrowNullReferenceException() { while (true); }
    static void ThrowInvalidProgramException(int id) { while (true); }
    static void ThrowInvalidProgramExceptionWithArgument(int id, string name) { while (true); }
    static void ThrowTypeLoadException(int id, string type, string assembly) { while (true); }
    static void ThrowFeatureBodyRemoved() { while (true); }
    static void ThrowArgumentException() { while (true); }
    static void ThrowArgumentOutOfRangeException() { while (true); }
    static void ThrowPlatformNotSupportedException() { while (true); }
    static void ThrowNotImplementedException() { while (true); }
    static void ThrowNotSupportedException() { while (true); }
    static void ThrowBodyRemoved() { while (true); }
    static void ThrowUnavailableType() { while (true); }
    static void ThrowFileNotFoundException(int id, string name) { while (true); }
    static void ThrowMissingMethodException(object owner, string name) { while (true); }
    static void ThrowAmbiguousMatchException(int id) { while (true); }
    static void ThrowBadImageFormatException(int id) { while (true); }
    static void ThrowMarshalDirectiveException(int id) { while (true); }
    static void ThrowMissingFieldException(int id, string name) { while (true); }
    static void ThrowInvalidProgram(int id) { while (true); }
}
