// See Types.cs.
#pragma warning disable
namespace System.Reflection
{
    public class DefaultMemberAttribute : Attribute
    {
        public DefaultMemberAttribute(string name) { }
    }
}

namespace System.Runtime
{
    public sealed class RuntimeExportAttribute : Attribute
    {
        public RuntimeExportAttribute(string name) { }
    }

    public sealed class RuntimeImportAttribute : Attribute
    {
        public RuntimeImportAttribute(string name) { }
        public RuntimeImportAttribute(string library, string name) { }
    }

    public static unsafe class TypeCast
    {
        static object IsInstanceOfAny(void* type, object o) => null;
        static object IsInstanceOfInterface(void* type, object o) => null;
        static object IsInstanceOfClass(void* type, object o) => null;
        static object IsInstanceOfException(void* type, object o) => null;
        static object CheckCastAny(void* type, object o) => null;
        static object CheckCastInterface(void* type, object o) => null;
        static object CheckCastClass(void* type, object o) => null;
        static object CheckCastClassSpecial(void* type, object o) => null;
        static void CheckArrayStore(object array, object o) { }
        static void StelemRef(object array, nint index, object o) { }
        static ref object LdelemaRef(object array, nint index, void* type) { throw null; }
        static bool AreTypesEquivalent(void* one, void* other) => false;
        static bool AreTypesAssignable(void* one, void* other) => false;
    }

    public static class RuntimeExports;
    public static class ThunkHelpers;
    public static class InternalCalls;
    public static class EH;
    public static class CachedInterfaceDispatch;
    public static class GVMLookupForSlot;
    public static class TypeLoaderExports;
}

namespace System.Runtime.CompilerServices
{
    public class RuntimeHelpers
    {
        public static unsafe int OffsetToStringData => sizeof(nint) + sizeof(int);
    }

    public static class RuntimeFeature
    {
        public const string UnmanagedSignatureCallingConvention = "UnmanagedSignatureCallingConvention";
    }

    public enum MethodImplOptions
    {
        NoInlining = 8,
        AggressiveInlining = 256,
        InternalCall = 0x1000,
    }

    public sealed class MethodImplAttribute : Attribute
    {
        public MethodImplAttribute(MethodImplOptions options) { }
    }

    public class CompilationRelaxationsAttribute : Attribute
    {
        public CompilationRelaxationsAttribute(int relaxations) { }
    }

    public class RuntimeCompatibilityAttribute : Attribute
    {
        public bool WrapNonExceptionThrows { get; set; }
    }

    public class UnsafeValueTypeAttribute : Attribute;
    public class IsUnmanagedAttribute : Attribute;
    internal sealed class ClassConstructorRunner;

    public class FixedBufferAttribute : Attribute
    {
        public FixedBufferAttribute(object type, int length) { }
    }

    public class InlineArrayAttribute : Attribute
    {
        public InlineArrayAttribute(int length) { }
    }
}

namespace System.Runtime.InteropServices
{
    public enum LayoutKind
    {
        Sequential = 0,
        Explicit = 2,
        Auto = 3,
    }

    public enum CharSet
    {
        None = 1,
    }

    public enum CallingConvention
    {
        Cdecl = 2,
    }

    public sealed class StructLayoutAttribute : Attribute
    {
        public StructLayoutAttribute(LayoutKind kind) { }
        public int Size;
        public int Pack;
        public CharSet CharSet;
    }

    public sealed class DllImportAttribute : Attribute
    {
        public DllImportAttribute(string library) { }
        public string EntryPoint;
        public bool ExactSpelling;
        public CallingConvention CallingConvention;
    }

    public sealed class InAttribute : Attribute;

    public static unsafe class IDynamicInterfaceCastable
    {
        static IntPtr GetDynamicInterfaceImplementation(object o, void* type, ushort slot) => default;
    }
}
