module top(input clk, input [7:0] a, output reg [7:0] q);
  always @(posedge clk) q <= q + a * 3;
endmodule
