using System.Globalization;

namespace Orchestrator.Integration.Support;

/// <summary>A daemon whose data is on a disk of 24 MB.</summary>
public sealed class SmallDaemon : LoneDaemon
{
    protected override async Task PrepareAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        await InsideAsync($"mount -t tmpfs -o size=24m orch-test {Folder}/data");
    }

    /// <summary>Free kilobytes of the disk.</summary>
    public async Task<long> FreeAsync() =>
        long.Parse((await InsideAsync($"df -k --output=avail {Folder}/data | tail -1")).Output.Trim(), CultureInfo.InvariantCulture);
}

[CollectionDefinition(Name)]
public sealed class SmallDaemonCollection : ICollectionFixture<SmallDaemon>
{
    public const string Name = "small daemon";
}
