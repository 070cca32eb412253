using Orchestrator.Build.Adding;
using Orchestrator.Build.Contexts;
using Orchestrator.Build.Copying;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Tests.Contexts;

/// <summary>Contexts and repositories whose author means the host that builds them.</summary>
public sealed class HostileContextTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-context-").FullName;
    private readonly string host = Directory.CreateTempSubdirectory("orch-host-").FullName;
    private readonly DirectoryHandle root;

    public HostileContextTests() => root = DirectoryHandle.Open(folder);

    public void Dispose()
    {
        root.Dispose();
        DirectoryTree.Delete(folder);
        DirectoryTree.Delete(host);
    }

    [Fact]
    public void A_Dockerfile_below_a_link_that_is_left_out_is_not_deleted_on_the_host()
    {
        var (ours, theirs) = (Path.Combine(host, "Dockerfile"), folder + host);
        Directory.CreateDirectory(theirs);
        File.WriteAllText(Path.Combine(theirs, "Dockerfile"), "FROM scratch");
        File.WriteAllText(ours, "the host's");
        File.WriteAllText(Path.Combine(folder, ".dockerignore"), "**");
        File.CreateSymbolicLink(Path.Combine(folder, "sub"), host);

        ContextFolder.ReadDockerfile(folder, "sub/Dockerfile", isSent: true);

        Assert.True(File.Exists(ours));
        Assert.False(File.Exists(Path.Combine(theirs, "Dockerfile")));
    }

    [Theory]
    [InlineData(".dockerignore")]
    [InlineData("Dockerfile")]
    public async Task A_pipe_where_a_file_should_be_keeps_nobody_waiting(string name)
    {
        File.WriteAllText(Path.Combine(folder, "other"), "FROM scratch");
        root.MakeNode(name, (uint)FileKind.Fifo | 0x1A4);

        var reading = Task.Run(() => Record.Exception(
            () => ContextFolder.ReadDockerfile(folder, name == "Dockerfile" ? name : "other", isSent: false)));
        var failure = await reading.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.True(name == "Dockerfile" ? failure is BuildException : failure is null, $"{failure}");
    }

    /// <summary>4 TB of zeros, were they written.</summary>
    [Fact]
    public async Task A_hole_in_a_context_is_not_filled_with_zeros()
    {
        const long length = 1L << 42;
        using var tar = new MemoryStream();
        await using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new System.Formats.Tar.PaxTarEntry(
                System.Formats.Tar.TarEntryType.RegularFile, "Dockerfile", new Dictionary<string, string>
                {
                    ["GNU.sparse.map"] = "0,2", ["GNU.sparse.size"] = $"{length}",
                })
                { DataStream = new MemoryStream("#x"u8.ToArray()) });
        }

        tar.Position = 0;
        await ContextFolder.UnpackAsync(tar, folder, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(length, new FileInfo(Path.Combine(folder, "Dockerfile")).Length);
        Assert.InRange(TreeSize.Of(folder), 0, 1 << 20);
    }

    [Fact]
    public async Task A_pipe_is_no_archive()
    {
        root.MakeNode("pipe.tar", (uint)FileKind.Fifo | 0x1A4);
        var item = new CopyItem(root, "pipe.tar", "pipe.tar", IsFolder: false, _ => false);

        Assert.False(await Archives.IsArchiveAsync(item, CancellationToken.None));
    }

    [Fact]
    public void A_folder_of_a_repository_is_never_a_folder_of_the_host()
    {
        Directory.CreateDirectory(Path.Combine(host, "secrets"));
        Directory.CreateDirectory(Path.Combine(folder, "real/part"));
        File.CreateSymbolicLink(Path.Combine(folder, "out"), host);
        File.CreateSymbolicLink(Path.Combine(folder, "way"), "real");

        foreach (var way in (string[])["out/secrets", "out", "../" + Path.GetFileName(host)])
            Assert.Throws<BuildException>(() => new GitSource("r", "", way).FolderIn(folder));
        Assert.Equal("real/part", new GitSource("r", "", "way/part").FolderIn(folder));
    }
}
