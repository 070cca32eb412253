using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

[CollectionDefinition(nameof(NftTests), DisableParallelization = true)]
[Collection(nameof(NftTests))] // A session that another test keeps must not be opened while there are so many files.
public sealed class NftTests
{
    [RootFact]
    public void A_script_with_a_fault_in_its_last_line_leaves_nothing()
    {
        using var scratch = new ScratchNamespace();

        var error = Assert.Throws<NftException>(() =>
            Nft.Apply(scratch.Namespace, "add table ip orch_a\nadd rule ip orch_a nochain accept\n"));

        Assert.Contains("No such file or directory", error.Message, StringComparison.Ordinal);
        Assert.Equal("", Nft.List(scratch.Namespace, "list tables").Trim());
    }

    /// <summary>The library's own way of waiting ends the process there.</summary>
    [RootFact]
    public void It_works_in_a_process_with_more_than_1024_open_files()
    {
        using var scratch = new ScratchNamespace();
        NftSession.Open(scratch.Namespace).Dispose();
        var files = Enumerable.Range(0, 1100).Select(_ => File.OpenHandle("/dev/null")).ToList();

        try
        {
            Nft.Apply(scratch.Namespace, "table ip orch_a { }\n");
            var error = Assert.Throws<NftException>(() => Nft.Apply(scratch.Namespace, "add chain ip orch_b c\n"));

            Assert.Contains("No such file or directory", error.Message, StringComparison.Ordinal);
            Assert.Equal("table ip orch_a", Nft.List(scratch.Namespace, "list tables").Trim());
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    [RootFact]
    public async Task It_works_while_others_open_hundreds_of_files_and_close_them_again()
    {
        static List<Microsoft.Win32.SafeHandles.SafeFileHandle> Open(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => File.OpenHandle("/dev/null"))];
        using var scratch = new ScratchNamespace();
        using var stop = new CancellationTokenSource();
        var always = Open(500);
        var others = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                Open(600).ForEach(file => file.Dispose());
        });

        for (var i = 0; i < 1000; i++)
            Nft.Apply(scratch.Namespace, "table ip orch_a { }\n");

        await stop.CancelAsync();
        await others;
        always.ForEach(file => file.Dispose());
        Assert.Equal("table ip orch_a", Nft.List(scratch.Namespace, "list tables").Trim());
    }

    [RootFact]
    public void A_table_is_in_the_namespace_asked_for_and_in_no_other()
    {
        using var one = new ScratchNamespace();
        using var two = new ScratchNamespace();

        Nft.Apply(one.Namespace, "table ip orch_a { map m { type ipv4_addr : ipv4_addr\n elements = { 10.0.0.1 : 10.0.0.2 }\n }\n }\n");

        Assert.Contains("10.0.0.1 : 10.0.0.2", Nft.List(one.Namespace, "list ruleset"), StringComparison.Ordinal);
        Assert.Equal("", Nft.List(two.Namespace, "list ruleset").Trim());
    }
}
