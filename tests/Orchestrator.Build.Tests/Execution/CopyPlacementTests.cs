using Orchestrator.Build.Copying;
using Orchestrator.Build.Execution;
using Orchestrator.Build.Planning;
using Orchestrator.Linux.Files;
using Orchestrator.Testing;

namespace Orchestrator.Build.Tests.Execution;

public sealed class CopyPlacementTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-build-").FullName;

    public CopyPlacementTests()
    {
        foreach (var name in (string[])["from", "root/real/old", "root/folder"])
            Directory.CreateDirectory(In(name));
        File.WriteAllText(In("from/file"), "new");
        File.WriteAllText(In("outside"), "outside");
        File.WriteAllText(In("root/real/there"), "old");
    }

    [RootTheory]
    [InlineData("real/there", "/link", "root/real/there")]
    [InlineData("/real/there", "/link", "root/real/there")]
    [InlineData("real/missing/deep", "/link", "root/real/missing/deep")]
    [InlineData("real/old", "/link", "root/real/old/file")]
    [InlineData("../../../outside", "/link", "root/outside")]
    public async Task A_file_is_written_through_the_link_it_is_copied_to_and_stays_in_the_root(
        string target, string destination, string expected)
    {
        File.CreateSymbolicLink(In("root/link"), target);

        await PlaceAsync(destination);

        Assert.Equal(target, new FileInfo(In("root/link")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(In(expected)));
        Assert.Equal("outside", File.ReadAllText(In("outside")));
    }

    [RootFact]
    public async Task A_link_in_the_folder_that_is_copied_into_is_replaced()
    {
        File.CreateSymbolicLink(In("root/folder/file"), "../real/there");

        await PlaceAsync("/folder/");

        Assert.Null(new FileInfo(In("root/folder/file")).LinkTarget);
        Assert.Equal("old", File.ReadAllText(In("root/real/there")));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string In(string path) => Path.Combine(folder, path);

    private async Task PlaceAsync(string destination)
    {
        using var from = DirectoryHandle.Open(In("from"));
        using var root = DirectoryHandle.Open(In("root"));
        var item = new CopyItem(from, "file", "file", IsFolder: false, _ => false);
        var copy = new StepWork.Copy
        {
            Name = "COPY", Sources = ["file"], Destination = destination, WorkingDirectory = "/",
            Position = default,
        };
        await new CopyPlacement(copy, new CopyDress { Owner = (0, 0) }, [item]).PlaceAsync(root, item, default);
    }
}
