using System.Diagnostics;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Debian's Open vSwitch in a host's namespace, with its switching in user space, which every kernel can.</summary>
/// <remarks>tests/run unpacks it: installed, it would switch the machine's own network.</remarks>
internal sealed class OpenVSwitch : IDisposable
{
    private static readonly string Programs = FindPrograms();

    private readonly List<Process> processes = [];
    private readonly TestHost host;
    private readonly string folder;

    private OpenVSwitch(TestHost host)
    {
        this.host = host;
        folder = Directory.CreateTempSubdirectory("orch-ovs-").FullName;
    }

    public string Socket => Path.Combine(folder, "db.sock");

    /// <summary>Starts it, and the host's daemon anew with it.</summary>
    public static async Task<OpenVSwitch> StartAsync(TestHost host)
    {
        var ovs = new OpenVSwitch(host);
        ovs.Run("usr/bin/ovsdb-tool", "create", ovs.At("conf.db"), Path.Combine(Programs, "usr/share/openvswitch/vswitch.ovsschema"));
        ovs.Start("usr/sbin/ovsdb-server", ovs.At("conf.db"), $"--remote=punix:{ovs.Socket}", $"--unixctl={ovs.At("db.ctl")}");
        while (!File.Exists(ovs.Socket))
            await Task.Delay(10);
        ovs.Control("--no-wait", "init");
        ovs.Start("usr/lib/openvswitch-switch/ovs-vswitchd", $"unix:{ovs.Socket}", "--disable-system", $"--unixctl={ovs.At("switch.ctl")}");
        await host.StartWithAsync(host.Options with { SwitchSocket = ovs.Socket });
        return ovs;
    }

    public void AddBridge(string name) =>
        Control("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev");

    /// <summary>ovs-vsctl.</summary>
    public string Control(params string[] arguments) => Run("usr/bin/ovs-vsctl", [$"--db=unix:{Socket}", "--timeout=60", .. arguments]);

    public void Dispose()
    {
        foreach (var process in processes.AsEnumerable().Reverse())
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string FindPrograms()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            var found = Path.Combine(at, "out", "openvswitch");
            if (Directory.Exists(found))
                return found;
        }

        throw new InvalidOperationException("out/openvswitch is not there: tests/run makes it (unpack_debian of deploy/lib/need)");
    }

    private string At(string file) => Path.Combine(folder, file);

    private void Start(string program, params string[] arguments) =>
        processes.Add(host.Namespace.Run(() => Process.Start(StartInfo(program, arguments)))!);

    private string Run(string program, params string[] arguments)
    {
        using var process = host.Namespace.Run(() => Process.Start(StartInfo(program, arguments)))!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        return text.Trim();
    }

    private ProcessStartInfo StartInfo(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs, program), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = Path.Combine(Programs, "usr/lib/x86_64-linux-gnu");
        foreach (var variable in (string[])["OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR"])
            start.Environment[variable] = folder;
        return start;
    }
}
