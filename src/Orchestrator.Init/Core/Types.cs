// The least of a core library that the C# compiler and ILC ask for by name: this program is compiled against nothing
// else, so there is nothing in it that could allocate, throw or start a thread. Shapes matter to the compilers, bodies
// do not: what is never called has none, what must not be reached ends in an endless loop.
#pragma warning disable
namespace System;

public class Object
{
    public IntPtr MethodTable; // ILC expects the one field of every object here.
}

public struct Void;
public struct Boolean;
public struct Char;
public struct SByte;
public struct Byte;
public struct Int16;
public struct UInt16;
public struct Int32;
public struct UInt32;
public struct Int64;
public struct UInt64;
public struct IntPtr;
public struct UIntPtr;
public struct Single;
public struct Double;
public struct RuntimeTypeHandle;
public struct RuntimeMethodHandle;
public struct RuntimeFieldHandle;
public struct ReadOnlySpan<T>;
public struct Nullable<T> where T : struct;
public abstract class ValueType;
public abstract class Enum : ValueType;
public abstract class Array;
public abstract class Delegate;
public abstract class MulticastDelegate : Delegate;
public class Exception;
public class Attribute;
public class ParamArrayAttribute : Attribute;
public class FlagsAttribute : Attribute;
public static class Math;
public static class MathF;
class Array<T> : Array;

public sealed class String
{
    public readonly int Length;
    public char FirstCharacter;
}

public enum AttributeTargets
{
    All = 0x7fff,
}

public sealed class AttributeUsageAttribute : Attribute
{
    public AttributeUsageAttribute(AttributeTargets targets) { }
    public bool AllowMultiple { get; set; }
    public bool Inherited { get; set; }
}

public static unsafe class Buffer
{
    static void BulkMoveWithWriteBarrier(ref byte to, ref byte from, nuint count) { while (true); }
    static void Memmove(ref byte to, ref byte from, nuint count) { while (true); }
}

public static unsafe class SpanHelpers
{
    [System.Runtime.RuntimeExport("RhSpanHelpers_MemZero")]
    static void ClearRaw(byte* bytes, nuint count)
    {
        for (nuint i = 0; i < count; i++)
            bytes[i] = 0;
    }

    static void ClearWithoutReferences(ref byte bytes, nuint count)
    {
        fixed (byte* to = &bytes)
            ClearRaw(to, count);
    }

    static void Fill(ref byte bytes, byte value, nuint count)
    {
        fixed (byte* to = &bytes)
        {
            for (nuint i = 0; i < count; i++)
                to[i] = value;
        }
    }

    static void Memmove(ref byte to, ref byte from, nuint count)
    {
        fixed (byte* target = &to)
        fixed (byte* source = &from)
        {
            for (nuint i = 0; i < count; i++)
                target[i] = source[i];
        }
    }
}
