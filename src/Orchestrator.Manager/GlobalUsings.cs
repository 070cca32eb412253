global using P = Orchestrator.Protocol.V1;
global using TaskStatus = Orchestrator.Model.TaskStatus;
