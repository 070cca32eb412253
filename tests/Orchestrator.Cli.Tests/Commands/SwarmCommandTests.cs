namespace Orchestrator.Cli.Tests.Commands;

public sealed class SwarmCommandTests : IDisposable
{
    private const string Nodes = """
        [{"ID":"node2aaaaaaaaaaaaaaaaaaaaa","Version":{"Index":3},"Spec":{"Role":"worker","Availability":"drain"},"Description":{"Hostname":"w1","Engine":{"EngineVersion":"0.1.0"}},"Status":{"State":"down"}},
         {"ID":"node1aaaaaaaaaaaaaaaaaaaaa","Version":{"Index":2},"Spec":{"Role":"manager","Availability":"active"},"Description":{"Hostname":"m1","Engine":{"EngineVersion":"0.1.0"}},"Status":{"State":"ready"},"ManagerStatus":{"Leader":true,"Reachability":"reachable","Addr":"10.0.0.1:2377"}}]
        """;

    private readonly FakeDaemon _daemon = new();

    public SwarmCommandTests()
    {
        _daemon.Answer("GET /info", 200, """{"Swarm":{"NodeID":"node1aaaaaaaaaaaaaaaaaaaaa","ControlAvailable":true}}""");
        _daemon.Answer("GET /nodes", 200, Nodes);
        _daemon.Answer("GET /nodes/node1aaaaaaaaaaaaaaaaaaaaa", 200,
            """{"ID":"node1aaaaaaaaaaaaaaaaaaaaa","Version":{"Index":2},"Spec":{"Role":"manager","Availability":"active"},"ManagerStatus":{"Addr":"10.0.0.1:2377"}}""");
        _daemon.Answer("GET /nodes/w1", 200, """{"ID":"n2","Version":{"Index":3},"Spec":{"Role":"worker","Availability":"drain","Labels":{"a":"1"}}}""");
        _daemon.Answer("POST /nodes/n2/update", 200);
        _daemon.Answer("GET /swarm", 200, """{"ID":"c1","Version":{"Index":11},"Spec":{"Name":"default"},"JoinTokens":{"Worker":"SWMTKN-1-w","Manager":"SWMTKN-1-m"}}""");
        _daemon.Answer("POST /swarm/update", 200);
    }

    [Fact]
    public void Node_ls_prints_dockers_columns_and_marks_this_node()
    {
        var result = _daemon.Run("node", "ls");

        Assert.Equal("""
            ID                            HOSTNAME   STATUS    AVAILABILITY   MANAGER STATUS   ENGINE VERSION
            node1aaaaaaaaaaaaaaaaaaaaa *   m1         Ready     Active         Leader           0.1.0
            node2aaaaaaaaaaaaaaaaaaaaa     w1         Down      Drain                           0.1.0

            """.Replace("ID                            HOSTNAME", "ID                             HOSTNAME", StringComparison.Ordinal), result.Out);
    }

    [Fact]
    public void Node_ls_quiet_prints_whole_ids() =>
        Assert.Equal("node1aaaaaaaaaaaaaaaaaaaaa\nnode2aaaaaaaaaaaaaaaaaaaaa\n", _daemon.Run("node", "ls", "-q").Out);

    [Fact]
    public void Init_prints_the_line_for_a_worker_to_paste()
    {
        _daemon.Answer("POST /swarm/init", 200, "\"node1aaaaaaaaaaaaaaaaaaaaa\"");

        var result = _daemon.Run("swarm", "init", "--advertise-addr", "10.0.0.1", "--task-history-limit", "2");

        Assert.Equal("""
            Swarm initialized: current node (node1aaaaaaaaaaaaaaaaaaaaa) is now a manager.

            To add a worker to this swarm, run the following command:

                orch swarm join --token SWMTKN-1-w 10.0.0.1:2377

            To add a manager to this swarm, run 'orch swarm join-token manager' and follow the instructions.


            """, result.Out);
        var body = _daemon.Body("POST /swarm/init");
        Assert.Equal("10.0.0.1", (string?)body["AdvertiseAddr"]);
        Assert.Equal("0.0.0.0:2377", (string?)body["ListenAddr"]);
        Assert.Equal(2, (int)body["Spec"]!["Orchestration"]!["TaskHistoryRetentionLimit"]!);
    }

    [Fact]
    public void Join_says_which_role_the_token_gave()
    {
        _daemon.Answer("POST /swarm/join", 200);

        var result = _daemon.Run("swarm", "join", "--token", "SWMTKN-1-m", "10.0.0.1:2377");

        Assert.Equal("This node joined a swarm as a manager.\n", result.Out);
        Assert.Equal("""["10.0.0.1:2377"]""", _daemon.Body("POST /swarm/join")["RemoteAddrs"]!.ToJsonString());
    }

    [Fact]
    public void Join_token_rotates_from_the_version_it_read()
    {
        var result = _daemon.Run("swarm", "join-token", "-q", "--rotate", "worker");

        Assert.Equal("SWMTKN-1-w\n", result.Out);
        Assert.Contains("POST /swarm/update?version=11&rotateWorkerToken=true", _daemon.Lines);
    }

    [Fact]
    public void Promote_says_what_it_did_and_what_needed_no_doing()
    {
        var result = _daemon.Run("node", "promote", "w1", "self");

        Assert.Equal("Node w1 promoted to a manager in the swarm.\nNode self is already a manager.\n", result.Out);
        Assert.Equal("manager", (string?)_daemon.Body("POST /nodes/n2/update?version=3")["Role"]);
    }

    [Fact]
    public void Node_update_changes_what_is_named()
    {
        var result = _daemon.Run("node", "update", "--availability", "active", "--label-add", "zone=b", "--label-rm", "a", "w1");

        Assert.Equal(new CliResult(0, "w1\n", ""), result);
        Assert.Equal("""{"Labels":{"zone":"b"},"Role":"worker","Availability":"active"}""",
            _daemon.Body("POST /nodes/n2/update").ToJsonString());
    }

    [Fact]
    public void Leave_of_a_manager_is_refused_in_the_daemons_words()
    {
        _daemon.Answer("POST /swarm/leave", 503, """{"message":"You are attempting to leave the swarm on a node that is participating as a manager."}""");

        var result = _daemon.Run("swarm", "leave");

        Assert.Equal(new CliResult(1, "",
            "Error response from daemon: You are attempting to leave the swarm on a node that is participating as a manager.\n"), result);
    }

    public void Dispose() => _daemon.Dispose();
}
