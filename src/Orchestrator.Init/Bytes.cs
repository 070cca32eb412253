namespace Orchestrator.Init;

/// <summary>Zero-terminated bytes: the only texts here.</summary>
internal static unsafe class Bytes
{
    public static int Length(byte* text)
    {
        var length = 0;
        while (text[length] != 0)
            length++;
        return length;
    }

    /// <summary>Copies and terminates; returns the place of the terminator.</summary>
    public static byte* Append(byte* to, byte* text)
    {
        while (*text != 0)
            *to++ = *text++;
        *to = 0;
        return to;
    }

    /// <summary>A literal (ASCII) into <paramref name="to"/>, terminated.</summary>
    public static byte* Append(byte* to, string literal)
    {
        fixed (char* text = literal)
        {
            for (var i = 0; i < literal.Length; i++)
                *to++ = (byte)text[i];
        }

        *to = 0;
        return to;
    }

    public static bool HasSlash(byte* text)
    {
        for (; *text != 0; text++)
        {
            if (*text == (byte)'/')
                return true;
        }

        return false;
    }

    /// <summary>Decimal digits, terminated.</summary>
    public static void Number(byte* to, int number)
    {
        var digits = stackalloc byte[12];
        var count = 0;
        do
        {
            digits[count++] = (byte)('0' + (number % 10));
            number /= 10;
        }
        while (number != 0);
        while (count > 0)
            *to++ = digits[--count];
        *to = 0;
    }
}
