global using System.Collections.Immutable;
global using M = Orchestrator.Model;
global using P = Orchestrator.Protocol.V1;
