using System.Globalization;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>The numbers of system calls by name, for one architecture.</summary>
internal sealed class SyscallTable
{
    private const int X86_64Column = 1, I386Column = 2, X32Column = 3;

    private static readonly Lazy<SyscallTable[]> All = new(Read);

    private readonly Dictionary<string, uint> numbers = new(512, StringComparer.Ordinal);

    public static SyscallTable X86_64 => All.Value[0];

    public static SyscallTable I386 => All.Value[1];

    /// <summary>Without the bit that marks a call as one of x32.</summary>
    public static SyscallTable X32 => All.Value[2];

    public IReadOnlyDictionary<string, uint> Numbers => numbers;

    public bool TryFind(string name, out uint number) => numbers.TryGetValue(name, out number);

    private static SyscallTable[] Read()
    {
        using var resource = typeof(SyscallTable).Assembly.GetManifestResourceStream("syscalls.txt")!;
        using var reader = new StreamReader(resource);
        SyscallTable[] tables = [new(), new(), new()];
        Span<Range> columns = stackalloc Range[4];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            line.AsSpan().Split(columns, ' ');
            var name = line[columns[0]];
            tables[0].Add(name, line.AsSpan(columns[X86_64Column]));
            tables[1].Add(name, line.AsSpan(columns[I386Column]));
            tables[2].Add(name, line.AsSpan(columns[X32Column]));
        }

        return tables;
    }

    private void Add(string name, ReadOnlySpan<char> number)
    {
        if (number is not "-")
            numbers.Add(name, uint.Parse(number, CultureInfo.InvariantCulture));
    }
}
